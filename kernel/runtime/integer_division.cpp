// The names by which the compiler calls 128-bit division. In the kernel only: on the host they are the
// compiler's own library's.
//
// There is no more to it: clang expands every other operation on 128-bit integers in place.
//
// Reference: LLVM compiler-rt, "README.txt": "Integral arithmetic".
#include "runtime/integer_division.hpp"

using pith::runtime::divide;
using pith::runtime::Signed128;
using pith::runtime::Unsigned128;

extern "C" {

Unsigned128 __udivti3(Unsigned128 dividend, Unsigned128 divisor);
Unsigned128 __umodti3(Unsigned128 dividend, Unsigned128 divisor);
Signed128 __divti3(Signed128 dividend, Signed128 divisor);
Signed128 __modti3(Signed128 dividend, Signed128 divisor);

Unsigned128 __udivti3(Unsigned128 dividend, Unsigned128 divisor) {
    return divide(dividend, divisor).quotient;
}
Unsigned128 __umodti3(Unsigned128 dividend, Unsigned128 divisor) {
    return divide(dividend, divisor).remainder;
}
Signed128 __divti3(Signed128 dividend, Signed128 divisor) { return divide(dividend, divisor).quotient; }
Signed128 __modti3(Signed128 dividend, Signed128 divisor) { return divide(dividend, divisor).remainder; }
}
