// The kernel on its own map, where the processor tracks its branches.
#pragma once

#include "boot/handoff.hpp"

namespace pith::tests {

void tracked_branches_go_on(boot::Handoff const& handoff);
// Ends in a panic.
void tracked_branches_are_stopped(boot::Handoff const& handoff);

}  // namespace pith::tests
