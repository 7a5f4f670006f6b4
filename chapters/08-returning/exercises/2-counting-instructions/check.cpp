// Exercise 8.2: functions whose instructions we have counted.
#include "exercise.hpp"

#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exceptions::Resolution;
using exceptions::Vector;

namespace {

constinit bool is_still_stepping = false;
constinit std::uint64_t calls    = 0;

[[gnu::naked]] void only_returns() { asm("ret"); }
[[gnu::naked]] void does_nothing_ten_times() { asm(".rept 10\n nop\n .endr\n ret"); }
[[gnu::naked]] void counts_to_a_hundred() { asm("mov ecx, 100\n 2: dec ecx\n jnz 2b\n ret"); }
[[gnu::naked]] void calls_another() {
    asm("call %P0\n inc qword ptr [%P1]\n ret" : : "i"(counts_to_a_hundred), "i"(&calls));
}

bool is_counted(std::string_view name, void (*function)(), std::uint64_t expected) {
    auto const counted = count_instructions(function);
    if (counted == expected) return true;
    println("{} takes {} instructions, and {} were counted", name, expected, counted);
    return false;
}

// The compiler begins each of them with an ENDBR64, which counts as part of the call. What is called inside has one, too.
bool all_are_counted() {
    bool right = true;
    right &= is_counted("`ret`", only_returns, 1);
    right &= is_counted("ten `nop`s and a `ret`", does_nothing_ten_times, 11);
    right &= is_counted("a loop that counts to a hundred", counts_to_a_hundred, 202);
    right &= is_counted("a function that calls that one", calls_another, 206);
    right &= is_counted("`ret`, once more,", only_returns, 1);
    if (calls == 1) return right;
    println("a function that was to be called once was called {} times", calls);
    return false;
}

bool stepping_has_ended() {
    exceptions::set_handler<Vector::debug>([](exceptions::ExceptionFrame& frame) {
        is_still_stepping = true;
        frame.rflags &= ~std::uint64_t{1U << 8};
        cpu::write_dr6(cpu::dr6_at_rest);
        return Resolution::resumed;
    });
    asm volatile("nop\n nop");
    if (is_still_stepping) println("afterwards the processor still goes step by step");
    return !is_still_stepping;
}

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();

    bool const counted = all_are_counted();
    if (stepping_has_ended() && counted) println("solved");
    cpu::halt_forever();
}
