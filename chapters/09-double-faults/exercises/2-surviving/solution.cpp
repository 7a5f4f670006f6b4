// Exercise 9.2: surviving a stack overflow.
#include "exercise.hpp"

#include "console/stacks.hpp"
#include "cpu/control_registers.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/report.hpp"

#include <array>

using namespace pith;
using exceptions::Vector;

namespace {

constinit std::array<void*, 5> before_the_call{};
constinit bool is_guarded = false;

exceptions::Never on_double_fault(exceptions::ExceptionFrame& frame, exceptions::OtherError) {
    if (!is_guarded || console::stack_guarded_at(cpu::read_cr2()) == nullptr) exceptions::panic_with(frame);
    is_guarded = false;
    __builtin_longjmp(before_the_call.data(), 1);
}

}  // namespace

bool overflows(void (*function)()) {
    exceptions::set_handler<Vector::double_fault>(on_double_fault);
    if (__builtin_setjmp(before_the_call.data()) != 0) return true;
    is_guarded = true;
    function();
    is_guarded = false;
    return false;
}
