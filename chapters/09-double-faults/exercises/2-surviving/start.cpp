// Exercise 9.2: surviving a stack overflow.
//
// The double fault's handler may not return. It may go on somewhere else, on the old stack as it was before
// the call:
// __builtin_setjmp remembers such a place, and __builtin_longjmp goes on there.
#include "exercise.hpp"

#include "console/stacks.hpp"
#include "cpu/control_registers.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/report.hpp"

bool overflows(void (*function)()) {
    function();
    return false;
}
