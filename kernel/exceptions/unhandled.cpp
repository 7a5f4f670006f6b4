// What stubs.S calls when nobody wants an exception, and what is done about those that a kernel survives.
#include "console/panic.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/halt.hpp"
#include "exceptions/decode.hpp"
#include "exceptions/fixups.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/machine_check.hpp"
#include "exceptions/report.hpp"
#include "exceptions/shadow_returns.hpp"
#include "exceptions/start.hpp"

#include <atomic>

using pith::exceptions::ExceptionFrame;

extern "C" {

// Returns if the program can go on.
void exception_unhandled(ExceptionFrame& frame);
// On the double fault stack. Does not return.
[[noreturn]] void exception_double_fault(ExceptionFrame& frame);

// #region unhandled
void exception_unhandled(ExceptionFrame& frame) {
    if (pith::exceptions::apply_fixup(frame)) return;
    pith::exceptions::panic_with(frame);
}
// #endregion unhandled

// #region double-fault
void exception_double_fault(ExceptionFrame& frame) {
    using namespace pith::exceptions;
    free_shadow_stack(InterruptStack::double_fault);  // another one would find its shadow stack in use
    if (auto const handler = double_fault_handler()) handler(frame, OtherError{frame.error_code});
    panic_with(frame);
}
// #endregion double-fault
}

namespace pith::exceptions {
namespace {

Resolution go_on(ExceptionFrame& frame) {
    say_and_go_on(frame);
    return Resolution::resumed;
}

Resolution go_on_after_debug(ExceptionFrame& frame) {
    constexpr std::uint64_t resume_flag = 1U << 16;
    say_and_go_on(frame);
    // An instruction breakpoint strikes before its instruction: RF lets that run now.
    if (is_instruction_breakpoint(cpu::read_dr6(), cpu::read_dr7())) frame.rflags |= resume_flag;
    cpu::write_dr6(cpu::dr6_at_rest);  // the processor only ever sets bits
    return Resolution::resumed;
}

// After a machine check the interrupted program may go on only if the processor says so.
Resolution go_on_after_machine_check(ExceptionFrame& frame) {
    if (machine_check_verdict() != Verdict::goes_on) return Resolution::not_mine;
    say_and_go_on(frame);
    return end_machine_check() ? Resolution::resumed : Resolution::not_mine;
}

}  // namespace

void install_default_handlers() {
    set_handler<Vector::breakpoint>(go_on);
    set_handler<Vector::overflow>(go_on);
    set_handler<Vector::debug>(go_on_after_debug);
    set_handler<Vector::nmi>(go_on);
    set_handler<Vector::machine_check>(go_on_after_machine_check);
    for (unsigned number = first_interrupt; number < vector_count; ++number) {
        set_interrupt_handler(static_cast<std::uint8_t>(number), go_on);
    }
}

}  // namespace pith::exceptions
