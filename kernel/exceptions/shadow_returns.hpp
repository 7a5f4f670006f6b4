// What an exception has on the shadow stack, for those who change where it returns to. Without a shadow stack there is
// nothing, and nothing is done.
//
// Needs:     frame, task_state, cpu (shadow stack).
// Reference: Intel SDM vol. 1 "Control-flow Enforcement Technology (CET)"; vol. 2 "RSTORSSP", "WRSSQ", "INT n" (what is
//            pushed); AMD APM vol. 2 "Shadow Stacks".
#pragma once

#include "exceptions/frame.hpp"
#include "exceptions/task_state.hpp"

#include <optional>

namespace pith::exceptions {

// Lets the interrupted program go on at `place`. (Who changes `frame.rip` alone gets a control protection exception when
// it returns.) Panics if the frame says otherwise than the shadow stack where the program was interrupted.
void go_on_at(ExceptionFrame& frame, VirtAddr place);

// What the processor pushes, and compares when the exception returns.
struct ShadowReturn {
    std::uint64_t pointer;  // SSP of the interrupted program
    std::uint64_t rip, cs;
};
static_assert(sizeof(ShadowReturn) == 24);

// Lets the next exception that arrives on `stack` have its shadow. Whoever is still on that has to leave it before.
void free_shadow_stack(InterruptStack stack);

// What the exception that arrived on `stack` pushed there. Nothing if there is no shadow stack.
std::optional<ShadowReturn> shadow_return_on(InterruptStack stack);

// Puts it on the stack that it leads back to. Returns where it is; below that stands what RSTORSSP wants to see.
std::uint64_t put_shadow_return(ShadowReturn const& from);

}  // namespace pith::exceptions
