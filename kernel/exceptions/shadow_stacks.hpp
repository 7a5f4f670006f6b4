// Shadow stacks for the kernel: a return goes where its call came from, or nowhere.
//
// One is the kernel's own. Vectors with a stack of their own (task_state.hpp) have a shadow of that as well, which the
// processor marks as busy in its token, and frees when the exception returns:
//
//   top - 8  | token: its own address, and bit 0 while it is in use |
//            | CS | RIP | SSP                                        |  an exception's (cpu/shadow_stack.hpp)
//
// Needs:     cpu, task_state, console (stacks); paging, to keep others from writing.
// Promises:  on a processor that has them, from `use_shadow_stacks` on: a return address that was overwritten, or what
//            an exception returns to, is a control protection exception.
// Reference: Intel SDM vol. 1 "Control-flow Enforcement Technology (CET)"; vol. 3A "Interrupt Stack Table" and
//            "Supervisor Shadow Stack Token".
#pragma once

#include "cpu/shadow_stack.hpp"

#include <cstdint>

namespace pith::exceptions {

// Writes the tokens. Call it before paging::start, which makes these pages what only calls write to.
void prepare_shadow_stacks();

namespace detail {
// What to write to Msr::control_flow, or 0 if this processor has no shadow stacks.
std::uint64_t control_flow_with_shadow_stacks();
}  // namespace detail

// After paging::start, in a function that never returns, as none of those that called it does. Does nothing on a
// processor that has none.
[[gnu::always_inline]] inline void use_shadow_stacks() {
    if (auto const control_flow = detail::control_flow_with_shadow_stacks())
        cpu::enter_shadow_stack(control_flow);
}

}  // namespace pith::exceptions
