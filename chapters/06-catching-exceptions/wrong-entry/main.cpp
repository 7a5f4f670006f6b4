// An entry for a vector without an error code, at a vector with one.
#include "../by-hand/gate.hpp"
#include "../by-hand/steps.hpp"
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

struct Frame {
    std::uint64_t r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax, handler;
    std::uint64_t error_code, rip, cs, rflags, rsp, ss;
};

}  // namespace

extern "C" {
void breakpoint_entry();

void on_breakpoint(Frame& frame);
void on_divide_error(Frame& frame);
void on_general_protection(Frame& frame);
}

// It says what it sees, and stops: to return would lead to that RIP.
void on_breakpoint(Frame& frame) {
    println("error code {:#x}, rip {:#x}, cs {:#x}", frame.error_code, frame.rip, frame.cs);
    cpu::halt_forever();
}
void on_divide_error(Frame&) { cpu::halt_forever(); }
void on_general_protection(Frame&) { cpu::halt_forever(); }

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    load_table();

    // #region mistake
    set_gate(13, breakpoint_entry);
    // #endregion mistake
    println("loading a wrong selector");
    asm volatile("mov es, %0" : : "r"(0x28));
    println("not reached");
    cpu::halt_forever();
}
