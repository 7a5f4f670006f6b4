// #region frame
#include "console/print.hpp"
#include "gate.hpp"
#include "steps.hpp"

#include <cstddef>

using pith::console::println;

// What lies on the stack when a handler is called, lowest address first: what was pushed last.
struct Frame {
    std::uint64_t r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;  // by us
    std::uint64_t handler;                                    // by us
    std::uint64_t error_code;                                 // by the processor, or a 0 by us
    std::uint64_t rip, cs, rflags, rsp, ss;                   // by the processor
};
static_assert(sizeof(Frame) % 16 == 0 && offsetof(Frame, handler) == 9 * 8);
// #endregion frame

// #region handlers
extern "C" {
void breakpoint_entry();
void divide_error_entry();
void general_protection_entry();

void on_breakpoint(Frame& frame);
void on_divide_error(Frame& frame);
void on_general_protection(Frame& frame);
}

// A trap: the instruction is done, and RIP is behind it. We only have to return.
void on_breakpoint(Frame& frame) { println("breakpoint: the program goes on at {:#x}", frame.rip); }

// A fault: RIP is at the instruction itself, and it is run again.
void on_divide_error(Frame& frame) {
    println("divide error: the divisor is {}, let it be 1", frame.rcx);
    frame.rcx = 1;
}

// A fault with an error code: here it is the selector that was wrong.
void on_general_protection(Frame& frame) {
    println("general protection fault, error code {:#x}: let the selector be 0", frame.error_code);
    frame.rax = 0;
}

void install_handlers() {
    set_gate(0, divide_error_entry);
    set_gate(3, breakpoint_entry);
    set_gate(13, general_protection_entry);
}
// #endregion handlers
