// The kernel on its own map, where the processor compares its returns with a shadow stack.
#pragma once

#include "boot/handoff.hpp"

namespace pith::tests {

void compared_returns_go_on(boot::Handoff const& handoff);
// Each ends in a panic.
void an_overwritten_return_is_stopped(boot::Handoff const& handoff);
void an_overwritten_exception_return_is_stopped(boot::Handoff const& handoff);
void a_forged_frame_is_stopped(boot::Handoff const& handoff);
void a_double_fault_may_come_twice(boot::Handoff const& handoff);
void a_full_shadow_stack_is_named(boot::Handoff const& handoff);
void a_full_stack_is_found_before_its_shadow(boot::Handoff const& handoff);

}  // namespace pith::tests
