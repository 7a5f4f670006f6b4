// Exercise 8.2: how many instructions a function takes.
#include "exercise.hpp"

#include "cpu/control_registers.hpp"
#include "cpu/raise.hpp"
#include "exceptions/handlers.hpp"

using namespace pith;
using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;

namespace {

constexpr std::uint64_t trap_flag = 1U << 8;

constinit std::uint64_t steps = 0;

Resolution switch_stepping(ExceptionFrame& frame) {
    frame.rflags ^= trap_flag;
    return Resolution::resumed;
}

Resolution step(ExceptionFrame&) {
    ++steps;
    cpu::write_dr6(cpu::dr6_at_rest);
    return Resolution::resumed;
}

// With the call, and what the compiler puts around it.
[[gnu::noinline]] std::uint64_t steps_of(void (*function)()) {
    steps = 0;
    cpu::breakpoint();
    function();
    cpu::breakpoint();
    return steps;
}

[[gnu::naked]] void one_instruction() { asm("ret"); }

}  // namespace

std::uint64_t count_instructions(void (*function)()) {
    exceptions::set_handler<Vector::breakpoint>(switch_stepping);
    exceptions::set_handler<Vector::debug>(step);
    auto const with_call = steps_of(function);
    return with_call - steps_of(one_instruction) + 1;
}
