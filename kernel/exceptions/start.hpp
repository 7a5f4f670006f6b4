// Taking charge of exceptions: descriptors, stacks and gates, once, early.
//
// Needs:     boot (boot map), console (stacks, backtrace), cpu (descriptor tables).
// Promises:  from the return of `start` on, every vector has an entry, every stack of ours a guard page below
//            it, and no exception is lost: who is not asked for gets an explanation (report.hpp). GS has a
//            base of the kernel's own, whatever was interrupted, whenever a handler runs.
// Reference: Intel SDM vol. 3A "Interrupt and Exception Handling".
#pragma once

#include "exceptions/vector.hpp"
#include "memory/address.hpp"

namespace pith::exceptions {

// Call it right after console::start, before anything that may go wrong.
void start();

// Handlers for what a kernel survives by default: breakpoints, debug exceptions, NMIs, machine checks that
// the processor calls restartable, and interrupts that nobody asked for are said on the console, and the
// program goes on.
void install_default_handlers();

// Where exceptions that interrupt a user program are handled. Set it before there is one.
void set_kernel_stack(VirtAddr top);

// Lets `vector` arrive on whatever stack is in use, as it would if it had no stack of its own. For chapter 9,
// which shows why that is a bad idea. Not after paging::seal(): the gates are sealed then.
void forget_stack_of(Vector vector);

}  // namespace pith::exceptions
