// Exercise 8.2: how many instructions a function takes.
//
// A breakpoint's handler can switch single stepping on (and off): bit 8 of RFLAGS, the trap flag. With it, a
// debug exception follows every instruction.
#include "exercise.hpp"

#include "cpu/control_registers.hpp"
#include "cpu/raise.hpp"
#include "exceptions/handlers.hpp"

std::uint64_t count_instructions(void (*function)()) {
    function();
    return 0;
}
