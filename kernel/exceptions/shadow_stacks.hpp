// Shadow stacks for the kernel: a return goes where its call came from, or nowhere.
//
// One is the kernel's own. Vectors with a stack of their own (task_state.hpp) have a shadow of that as well, which the
// processor marks as busy in its token, and frees when the exception returns:
//
//   top - 8  | token: its own address, and bit 0 while it is in use |
//            | CS | RIP | SSP                                        |  an exception's (cpu/shadow_stack.hpp)
//
// Needs:     cpu, task_state, console (stacks).
// Promises:  on a processor that has them, from `use_shadow_stacks` on: a return address that was overwritten, or what an
//            exception returns to, is a control protection exception. (That nobody else writes there, paging sees to.)
// Reference: Intel SDM vol. 1 "Control-flow Enforcement Technology (CET)" and "Supervisor Shadow Stack Token"; vol. 3A
//            "Interrupt Stack Table"; AMD APM vol. 2 "Shadow Stacks".
#pragma once

#include "cpu/shadow_stack.hpp"

namespace pith::exceptions {

// Writes the tokens. Call it before paging::start, which makes these pages what only calls write to.
void prepare_shadow_stacks();

namespace detail {
// Tells the processor where they are. Returns what to write to Msr::control_flow, or 0 if it knows none.
std::uint64_t tell_of_shadow_stacks();
}  // namespace detail

// After paging::start, in a function that never returns, as none of those that called it does. Does nothing on a
// processor that has none.
[[gnu::always_inline]] inline void use_shadow_stacks() {
    if (auto const control_flow = detail::tell_of_shadow_stacks(); control_flow != 0)
        cpu::enter_shadow_stack(control_flow);
}

// A line for the boot report, if they are in use.
void print_shadow_stacks();

}  // namespace pith::exceptions
