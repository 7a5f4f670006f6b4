// Chapter 6: catching exceptions. A breakpoint that is returned from, and a division by zero that is not.
//
// With `naive` on the command line nobody catches anything: the machine resets.
#include "boot/handoff.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;

namespace {

// #region handlers
Resolution on_breakpoint(ExceptionFrame&) {
    println("breakpoint: caught, and returned from");
    return Resolution::resumed;
}

// Returning would only run the same division again.
Resolution on_divide_error(ExceptionFrame& frame) {
    println("divide error: the divisor in RCX is {}", frame.rcx);
    return Resolution::not_mine;
}
// #endregion handlers

// #region divide
// The compiler must not see that the divisor is 0: it would leave the division out.
[[gnu::noinline]] std::uint64_t divide(std::uint64_t dividend, std::uint64_t divisor) {
    std::uint64_t remainder = 0;
    asm volatile("div rcx" : "+a"(dividend), "+d"(remainder) : "c"(divisor));
    return dividend;
}
// #endregion divide

}  // namespace

// #region main
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    auto const handoff = console::adopt_handoff(start);

    if (!handoff.command_line.contains("naive")) {
        exceptions::start();
        exceptions::set_handler<Vector::breakpoint>(on_breakpoint);
        exceptions::set_handler<Vector::divide_error>(on_divide_error);
    }
    println("before the breakpoint");
    asm volatile("int3");
    println("after it");
    println("84 / 2 = {}", divide(84, 2));
    println("84 / 0 = {}", divide(84, 0));
    cpu::halt_forever();
}
// #endregion main
