// The names by which the compiler calls floating-point operations, and those of <cmath> that need no more
// than the bits. In the kernel only: on the host the hardware does it.
//
// Here a float comes and goes in a general register (Kernel.cmake: +soft-float). The linker takes this file
// only where somebody computes in floating point.
//
// Reference: LLVM compiler-rt, "README.txt": "Floating point"; The GCC internals, "Routines for floating
//            point emulation".
#include "runtime/soft_float.hpp"

#include <bit>
#include <cmath>

using namespace pith::runtime;

namespace {

constexpr std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }
constexpr std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }
constexpr float as_float(std::uint32_t bits) { return std::bit_cast<float>(bits); }
constexpr double as_double(std::uint64_t bits) { return std::bit_cast<double>(bits); }

// What the compiler takes as the result of a comparison: below, at or above 0. `unordered` is the answer that
// makes the function's question one that is answered by no.
template <typename Float>
int compared(Float left, Float right, int unordered) {
    auto const order = float_compare(bits_of(left), bits_of(right));
    if (order == std::partial_ordering::unordered) return unordered;
    return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

// The smaller or greater by `keeps_left`; of a number and what is none, the number.
template <typename Float>
Float chosen(Float left, Float right, std::partial_ordering keeps_left) {
    if (is_not_a_number(bits_of(left))) return right;
    if (is_not_a_number(bits_of(right))) return left;
    return float_compare(bits_of(left), bits_of(right)) == keeps_left ? left : right;
}

}  // namespace

// SAFETY: because no header declares what the compiler calls by name.
#pragma clang diagnostic ignored "-Wmissing-declarations"

extern "C" {

// The compiler's letters: sf and df are float and double; si, di and ti integers of 32, 64 and 128 bits, with
// `uns` unsigned.

// --- float ---

float __addsf3(float left, float right) { return as_float(float_add(bits_of(left), bits_of(right))); }
float __subsf3(float left, float right) { return as_float(float_subtract(bits_of(left), bits_of(right))); }
float __mulsf3(float left, float right) { return as_float(float_multiply(bits_of(left), bits_of(right))); }
float __divsf3(float left, float right) { return as_float(float_divide(bits_of(left), bits_of(right))); }

int __eqsf2(float left, float right) { return compared(left, right, 1); }
int __nesf2(float left, float right) { return compared(left, right, 1); }
int __ltsf2(float left, float right) { return compared(left, right, 1); }
int __lesf2(float left, float right) { return compared(left, right, 1); }
int __gtsf2(float left, float right) { return compared(left, right, -1); }
int __gesf2(float left, float right) { return compared(left, right, -1); }
int __unordsf2(float left, float right) {
    return is_not_a_number(bits_of(left)) || is_not_a_number(bits_of(right)) ? 1 : 0;
}

std::int32_t __fixsfsi(float value) { return float_to<std::int32_t>(bits_of(value)); }
std::int64_t __fixsfdi(float value) { return float_to<std::int64_t>(bits_of(value)); }
Signed128 __fixsfti(float value) { return float_to<Signed128>(bits_of(value)); }
std::uint32_t __fixunssfsi(float value) { return float_to<std::uint32_t>(bits_of(value)); }
std::uint64_t __fixunssfdi(float value) { return float_to<std::uint64_t>(bits_of(value)); }
Unsigned128 __fixunssfti(float value) { return float_to<Unsigned128>(bits_of(value)); }
float __floatsisf(std::int32_t value) { return as_float(float_from<std::uint32_t>(Signed128{value})); }
float __floatdisf(std::int64_t value) { return as_float(float_from<std::uint32_t>(Signed128{value})); }
float __floattisf(Signed128 value) { return as_float(float_from<std::uint32_t>(Signed128{value})); }
float __floatunsisf(std::uint32_t value) { return as_float(float_from<std::uint32_t>(Unsigned128{value})); }
float __floatundisf(std::uint64_t value) { return as_float(float_from<std::uint32_t>(Unsigned128{value})); }
float __floatuntisf(Unsigned128 value) { return as_float(float_from<std::uint32_t>(Unsigned128{value})); }

float truncf(float value) { return as_float(float_round(bits_of(value), Rounding::towards_zero)); }
float floorf(float value) { return as_float(float_round(bits_of(value), Rounding::down)); }
float ceilf(float value) { return as_float(float_round(bits_of(value), Rounding::up)); }
float roundf(float value) { return as_float(float_round(bits_of(value), Rounding::half_away)); }
float sqrtf(float value) { return as_float(float_square_root(bits_of(value))); }
float fmodf(float left, float right) { return as_float(float_remainder(bits_of(left), bits_of(right))); }
float fminf(float left, float right) { return chosen(left, right, std::partial_ordering::less); }
float fmaxf(float left, float right) { return chosen(left, right, std::partial_ordering::greater); }

// --- double ---

double __adddf3(double left, double right) { return as_double(float_add(bits_of(left), bits_of(right))); }
double __subdf3(double left, double right) {
    return as_double(float_subtract(bits_of(left), bits_of(right)));
}
double __muldf3(double left, double right) {
    return as_double(float_multiply(bits_of(left), bits_of(right)));
}
double __divdf3(double left, double right) { return as_double(float_divide(bits_of(left), bits_of(right))); }

int __eqdf2(double left, double right) { return compared(left, right, 1); }
int __nedf2(double left, double right) { return compared(left, right, 1); }
int __ltdf2(double left, double right) { return compared(left, right, 1); }
int __ledf2(double left, double right) { return compared(left, right, 1); }
int __gtdf2(double left, double right) { return compared(left, right, -1); }
int __gedf2(double left, double right) { return compared(left, right, -1); }
int __unorddf2(double left, double right) {
    return is_not_a_number(bits_of(left)) || is_not_a_number(bits_of(right)) ? 1 : 0;
}

std::int32_t __fixdfsi(double value) { return float_to<std::int32_t>(bits_of(value)); }
std::int64_t __fixdfdi(double value) { return float_to<std::int64_t>(bits_of(value)); }
Signed128 __fixdfti(double value) { return float_to<Signed128>(bits_of(value)); }
std::uint32_t __fixunsdfsi(double value) { return float_to<std::uint32_t>(bits_of(value)); }
std::uint64_t __fixunsdfdi(double value) { return float_to<std::uint64_t>(bits_of(value)); }
Unsigned128 __fixunsdfti(double value) { return float_to<Unsigned128>(bits_of(value)); }
double __floatsidf(std::int32_t value) { return as_double(float_from<std::uint64_t>(Signed128{value})); }
double __floatdidf(std::int64_t value) { return as_double(float_from<std::uint64_t>(Signed128{value})); }
double __floattidf(Signed128 value) { return as_double(float_from<std::uint64_t>(Signed128{value})); }
double __floatunsidf(std::uint32_t value) { return as_double(float_from<std::uint64_t>(Unsigned128{value})); }
double __floatundidf(std::uint64_t value) { return as_double(float_from<std::uint64_t>(Unsigned128{value})); }
double __floatuntidf(Unsigned128 value) { return as_double(float_from<std::uint64_t>(Unsigned128{value})); }

double trunc(double value) { return as_double(float_round(bits_of(value), Rounding::towards_zero)); }
double floor(double value) { return as_double(float_round(bits_of(value), Rounding::down)); }
double ceil(double value) { return as_double(float_round(bits_of(value), Rounding::up)); }
double round(double value) { return as_double(float_round(bits_of(value), Rounding::half_away)); }
double sqrt(double value) { return as_double(float_square_root(bits_of(value))); }
double fmod(double left, double right) { return as_double(float_remainder(bits_of(left), bits_of(right))); }
double fmin(double left, double right) { return chosen(left, right, std::partial_ordering::less); }
double fmax(double left, double right) { return chosen(left, right, std::partial_ordering::greater); }

// --- from one to the other ---

double __extendsfdf2(float value) { return as_double(float_convert<std::uint64_t>(bits_of(value))); }
float __truncdfsf2(double value) { return as_float(float_convert<std::uint32_t>(bits_of(value))); }
}
