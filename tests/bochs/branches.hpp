// The kernel on its own map, where the processor tracks its branches.
#pragma once

#include "boot/handoff.hpp"

namespace pith::tests {

void tracked_branches_go_on(boot::Handoff const& handoff);
// What kCFI does not look at, and somebody has written over. Each ends in a panic.
void a_tracked_call_is_stopped(boot::Handoff const& handoff);
void a_tracked_virtual_call_is_stopped(boot::Handoff const& handoff);
void a_tracked_resumption_is_stopped(boot::Handoff const& handoff);

}  // namespace pith::tests
