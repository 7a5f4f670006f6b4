// Chapter 8: returning from exceptions. Everything must be as it was: registers, flags, and the stack.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "leaf.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;

// registers.S
extern "C" std::uint64_t keep_registers();

namespace {

// #region returns
Resolution return_at_once(ExceptionFrame&) { return Resolution::resumed; }
// #endregion returns

// #region loses
// What stands in the frame is what the program goes on with: a handler that writes there changes its
// registers.
Resolution lose_a_register(ExceptionFrame& frame) {
    frame.rcx = 0;
    return Resolution::resumed;
}
// #endregion loses

// #region repair
// A page fault may be repaired: the instruction is tried again. Here the pointer is what gets repaired.
constinit std::uint64_t spare = 0;

Resolution redirect(ExceptionFrame& frame, exceptions::PageFaultError error) {
    println("page fault at {:#x} ({}): redirected", cpu::read_cr2(), error.is_write() ? "write" : "read");
    frame.rdi = std::bit_cast<std::uint64_t>(&spare);
    return Resolution::resumed;
}

[[gnu::noinline]] void store(std::uint64_t address, std::uint64_t value) {
    asm volatile("mov [rdi], %1" : "+D"(address) : "r"(value) : "memory");
}
// #endregion repair

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();

    // #region main
    exceptions::set_handler<Vector::breakpoint>(return_at_once);
    println("registers: {}", keep_registers() == 0 ? "all as they were" : "one was lost");
    println("the stack: of 0x1234 is left {:#x}", use_stack(0x1234));
    println("the red zone: of 0x1234 is left {:#x}", use_red_zone(0x1234));

    exceptions::set_handler<Vector::breakpoint>(lose_a_register);
    println("registers: {}", keep_registers() == 0 ? "all as they were" : "one was lost");

    exceptions::set_handler<Vector::page_fault>(redirect);
    store(0xdead'beef, 42);
    println("stored {} after all", spare);
    // #endregion main
    cpu::halt_forever();
}
