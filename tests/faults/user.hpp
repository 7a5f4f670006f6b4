// The contexts "user…": a kind's code runs in ring 3.
//
//   raise --- iretq ---> kind_... (ring 3) --- exception, handler, back ---> raise_after (ring 3)
//                                                                              | no page of a program's: #PF
//   raise's caller <--- raise_after (ring 0) <--- its handler changes CS and SS
//
// The kinds' pages are the only ones that ring 3 reaches. GS has a sentinel there, and so has RSP: nothing is
// mapped where it points to.
#pragma once

#include "exceptions/handlers.hpp"
#include "kinds.hpp"

namespace pith::faults {

// A handler of ours answers, or the kernel's own.
void user(Kind const& kind);
void user_explained(Kind const& kind);
// The same, but the stack for a program's exceptions is where nothing is mapped.
void user_without_stack(Kind const& kind);
// A handler of ours answers, and a debug exception strikes on each side of the way in's SWAPGS, and of the
// way out's.
void user_window(Kind const& kind);

// Whether this is the page fault of a program that has done its part; what its handler does then.
bool is_way_back(exceptions::ExceptionFrame const& frame);
exceptions::Resolution let_back(exceptions::ExceptionFrame& frame);

// Notes if GS is not the kernel's, or the user's not where it has to be.
void expect_kernels_gs();

}  // namespace pith::faults
