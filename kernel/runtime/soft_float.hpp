// Floating point by integer instructions: the kernel has no vector registers, so the compiler passes a float
// in a general register, and calls a function for each operation.
//
// soft_float.cpp gives these the compiler's names in the kernel. Here a number is its bits, and the functions
// are ordinary ones: the host tests them beside its own hardware.
//
// Needs:     base (failure), runtime (128-bit division).
// Promises:  what IEEE 754 says, rounded to nearest, ties to even; subnormal numbers, infinities and signed
//            zeros included. What is not a number is quiet, and its payload is not kept. No flags.
// Reference: IEEE 754, "Operations"; LLVM compiler-rt, "README.txt": "Floating point".
#pragma once

#include "runtime/integer_division.hpp"

#include <algorithm>
#include <bit>
#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>

namespace pith::runtime {

// The bits of a number: of a float in 32 bits, of a double in 64.
template <typename Bits>
concept FloatBits = std::same_as<Bits, std::uint32_t> || std::same_as<Bits, std::uint64_t>;

namespace soft {

// From the lowest bit up: the fraction, the exponent (biased), the sign.
template <FloatBits Bits>
struct Format {
    static constexpr int fraction_bits = sizeof(Bits) == 4 ? 23 : 52;
    static constexpr int exponent_max  = sizeof(Bits) == 4 ? 0xff : 0x7ff;
    static constexpr int bias          = exponent_max >> 1;
    static constexpr Bits hidden_bit   = Bits{1} << fraction_bits;
    static constexpr Bits fraction     = hidden_bit - 1;
    static constexpr Bits infinity     = static_cast<Bits>(exponent_max) << fraction_bits;
    static constexpr Bits not_a_number = infinity | hidden_bit >> 1;
    static constexpr Bits sign         = Bits{1} << (8 * sizeof(Bits) - 1);
    static constexpr Bits one          = static_cast<Bits>(bias) << fraction_bits;
};

enum class Kind : std::uint8_t { zero, finite, infinite, not_a_number };

// Any number taken apart. A finite one is significand * 2^(exponent - 63), and the significand's top bit is
// set. Where a result has more bits than fit, its lowest bit is set if any of those lost was ("sticky"):
// rounding needs no more.
struct Number {
    Kind kind                 = Kind::zero;
    bool is_negative          = false;
    int exponent              = 0;
    std::uint64_t significand = 0;
};

constexpr Unsigned128 shift_right_sticky(Unsigned128 value, int distance) {
    if (distance >= 128) return value != 0 ? 1 : 0;
    auto const shifted = value >> distance;
    return shifted << distance == value ? shifted : shifted | 1;
}

// `value` * 2^(exponent - 127), as a Number.
constexpr Number normalised(bool is_negative, int exponent, Unsigned128 value) {
    if (value == 0) return {.is_negative = is_negative};
    auto const high  = division::high(value);
    auto const zeros = high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(division::low(value));
    value <<= zeros;
    auto const sticky = division::low(value) != 0 ? 1U : 0U;
    return {Kind::finite, is_negative, exponent - zeros, division::high(value) | sticky};
}

template <FloatBits Bits>
constexpr Number unpack(Bits bits) {
    using Of               = Format<Bits>;
    bool const is_negative = (bits & Of::sign) != 0;
    auto const biased      = static_cast<int>(bits >> Of::fraction_bits) & Of::exponent_max;
    Bits const fraction    = bits & Of::fraction;
    if (biased == Of::exponent_max) return {fraction == 0 ? Kind::infinite : Kind::not_a_number, is_negative};
    Bits const significand = biased == 0 ? fraction : fraction | Of::hidden_bit;
    auto const exponent    = std::max(biased, 1) - Of::bias;
    return normalised(is_negative, exponent + 127 - Of::fraction_bits, significand);
}

// The number's size in its format, rounded.
template <FloatBits Bits>
constexpr Bits pack_finite(Number number) {
    using Of            = Format<Bits>;
    constexpr auto drop = 63 - Of::fraction_bits;
    constexpr auto half = std::uint64_t{1} << (drop - 1);

    auto biased = number.exponent + Of::bias;
    if (biased >= Of::exponent_max) return Of::infinity;
    if (biased <= 0) {  // subnormal: without the hidden bit
        number.significand = division::low(shift_right_sticky(number.significand, std::min(1 - biased, 127)));
        biased             = 1;
    }
    auto const kept    = number.significand >> drop;
    auto const dropped = number.significand & (2 * half - 1);
    auto const up      = dropped > half || (dropped == half && kept % 2 != 0) ? 1U : 0U;
    // The hidden bit, and a carry out of the fraction, add one to the exponent. That may make it infinity:
    // rightly.
    return static_cast<Bits>((static_cast<std::uint64_t>(biased - 1) << Of::fraction_bits) + kept + up);
}

template <FloatBits Bits>
constexpr Bits pack(Number number) {
    using Of        = Format<Bits>;
    Bits const sign = number.is_negative ? Of::sign : Bits{0};
    switch (number.kind) {
        case Kind::zero:         return sign;
        case Kind::finite:       return sign | pack_finite<Bits>(number);
        case Kind::infinite:     return sign | Of::infinity;
        case Kind::not_a_number: break;
    }
    return Of::not_a_number;
}

constexpr Number not_a_number{.kind = Kind::not_a_number};

// Their order without their signs; both are finite.
constexpr bool is_smaller(Number left, Number right) {
    if (left.exponent != right.exponent) return left.exponent < right.exponent;
    return left.significand < right.significand;
}

constexpr Number add_finite(Number larger, Number smaller) {
    if (is_smaller(larger, smaller)) std::swap(larger, smaller);
    // One bit above for the carry, 63 below.
    auto const first = Unsigned128{larger.significand} << 63;
    auto const second =
        shift_right_sticky(Unsigned128{smaller.significand} << 63, larger.exponent - smaller.exponent);
    bool const adds = larger.is_negative == smaller.is_negative;
    auto const sum  = adds ? first + second : first - second;
    if (sum == 0) return {};  // a difference of equals is +0
    return normalised(larger.is_negative, larger.exponent + 1, sum);
}

constexpr Number add(Number left, Number right) {
    if (left.kind == Kind::not_a_number || right.kind == Kind::not_a_number) return not_a_number;
    if (left.kind == Kind::infinite && right.kind == Kind::infinite)
        return left.is_negative == right.is_negative ? left : not_a_number;
    if (left.kind == Kind::infinite) return left;
    if (right.kind == Kind::infinite) return right;
    if (left.kind == Kind::zero && right.kind == Kind::zero)
        return {.is_negative = left.is_negative && right.is_negative};
    if (left.kind == Kind::zero) return right;
    if (right.kind == Kind::zero) return left;
    return add_finite(left, right);
}

constexpr Number multiply(Number left, Number right) {
    if (left.kind == Kind::not_a_number || right.kind == Kind::not_a_number) return not_a_number;
    bool const is_negative = left.is_negative != right.is_negative;
    bool const is_infinite = left.kind == Kind::infinite || right.kind == Kind::infinite;
    bool const is_zero     = left.kind == Kind::zero || right.kind == Kind::zero;
    if (is_infinite && is_zero) return not_a_number;
    if (is_infinite) return {Kind::infinite, is_negative};
    if (is_zero) return {Kind::zero, is_negative};
    auto const product = Unsigned128{left.significand} * right.significand;
    return normalised(is_negative, left.exponent + right.exponent + 1, product);
}

constexpr Number divide(Number left, Number right) {
    if (left.kind == Kind::not_a_number || right.kind == Kind::not_a_number) return not_a_number;
    bool const is_negative = left.is_negative != right.is_negative;
    if (left.kind == right.kind && left.kind != Kind::finite) return not_a_number;  // 0/0, infinity/infinity
    if (left.kind == Kind::infinite || right.kind == Kind::zero) return {Kind::infinite, is_negative};
    if (left.kind == Kind::zero || right.kind == Kind::infinite) return {Kind::zero, is_negative};
    // 63 bits of quotient or 64, and below them the sticky one.
    auto const [quotient, remainder] =
        runtime::divide(Unsigned128{left.significand} << 63, Unsigned128{right.significand});
    auto const sticky = remainder != 0 ? 1U : 0U;
    return normalised(is_negative, left.exponent - right.exponent + 63, quotient << 1 | sticky);
}

// The greatest root whose square is not above `value`, bit by bit.
constexpr std::uint64_t integer_root(Unsigned128 value) {
    std::uint64_t root = 0;
    for (int bit = 63; bit >= 0; --bit) {
        auto const tried = root | std::uint64_t{1} << bit;
        if (Unsigned128{tried} * tried <= value) root = tried;
    }
    return root;
}

constexpr Number square_root(Number number) {
    if (number.kind == Kind::not_a_number || number.kind == Kind::zero) return number;
    if (number.is_negative) return not_a_number;
    if (number.kind == Kind::infinite) return number;
    bool const is_odd   = number.exponent % 2 != 0;
    auto const radicand = Unsigned128{number.significand} << (is_odd ? 64 : 63);
    auto const root     = integer_root(radicand);
    auto const sticky   = Unsigned128{root} * root != radicand ? 1U : 0U;
    return {Kind::finite, false, (number.exponent - (is_odd ? 1 : 0)) / 2, root | sticky};
}

}  // namespace soft

// --- Arithmetic ---

template <FloatBits Bits>
constexpr Bits float_add(Bits left, Bits right) {
    return soft::pack<Bits>(soft::add(soft::unpack(left), soft::unpack(right)));
}
template <FloatBits Bits>
constexpr Bits float_subtract(Bits left, Bits right) {
    return float_add<Bits>(left, right ^ soft::Format<Bits>::sign);
}
template <FloatBits Bits>
constexpr Bits float_multiply(Bits left, Bits right) {
    return soft::pack<Bits>(soft::multiply(soft::unpack(left), soft::unpack(right)));
}
template <FloatBits Bits>
constexpr Bits float_divide(Bits left, Bits right) {
    return soft::pack<Bits>(soft::divide(soft::unpack(left), soft::unpack(right)));
}
template <FloatBits Bits>
constexpr Bits float_square_root(Bits bits) {
    return soft::pack<Bits>(soft::square_root(soft::unpack(bits)));
}

// --- Comparing ---

template <FloatBits Bits>
constexpr bool is_not_a_number(Bits bits) {
    return static_cast<Bits>(bits << 1) > static_cast<Bits>(soft::Format<Bits>::infinity << 1);
}

template <FloatBits Bits>
constexpr std::partial_ordering float_compare(Bits left, Bits right) {
    using Of = soft::Format<Bits>;
    if (is_not_a_number(left) || is_not_a_number(right)) return std::partial_ordering::unordered;
    if (((left | right) & ~Of::sign) == 0) return std::partial_ordering::equivalent;  // +0 and -0
    bool const is_negative = (left & Of::sign) != 0;
    if (is_negative != ((right & Of::sign) != 0))
        return is_negative ? std::partial_ordering::less : std::partial_ordering::greater;
    return is_negative ? right <=> left : left <=> right;
}

// --- Converting ---

template <FloatBits To, FloatBits From>
constexpr To float_convert(From bits) {
    return soft::pack<To>(soft::unpack(bits));
}

template <FloatBits Bits>
constexpr Bits float_from(Unsigned128 value) {
    return soft::pack<Bits>(soft::normalised(false, 127, value));
}
template <FloatBits Bits>
constexpr Bits float_from(Signed128 value) {
    auto const size = value < 0 ? -static_cast<Unsigned128>(value) : static_cast<Unsigned128>(value);
    return soft::pack<Bits>(soft::normalised(value < 0, 127, size));
}

// Towards zero. What does not fit gives the nearest integer that does; what is not a number, 0. (In C++ both
// are undefined.)
template <typename Integer, FloatBits Bits>
constexpr Integer float_to(Bits bits) {
    constexpr bool is_signed = static_cast<Integer>(-1) < 0;
    constexpr int value_bits = 8 * static_cast<int>(sizeof(Integer)) - (is_signed ? 1 : 0);
    constexpr auto greatest  = ~Unsigned128{0} >> (128 - value_bits);

    auto const number = soft::unpack(bits);
    if (number.kind == soft::Kind::zero || number.kind == soft::Kind::not_a_number) return 0;
    if (number.kind == soft::Kind::infinite || number.exponent >= value_bits) {
        if (!number.is_negative) return static_cast<Integer>(greatest);
        return is_signed ? static_cast<Integer>(~greatest) : Integer{0};
    }
    if (number.exponent < 0 || (number.is_negative && !is_signed)) return 0;
    auto const size = (Unsigned128{number.significand} << 64) >> (127 - number.exponent);
    return static_cast<Integer>(number.is_negative ? -size : size);
}

// --- Rounding to an integer, and what the fraction's bits are enough for ---

enum class Rounding : std::uint8_t { towards_zero, down, up, half_away };

template <FloatBits Bits>
constexpr Bits float_round(Bits bits, Rounding rounding) {
    using Of            = soft::Format<Bits>;
    Bits const sign     = bits & Of::sign;
    Bits const size     = bits & ~Of::sign;
    auto const exponent = static_cast<int>(size >> Of::fraction_bits) - Of::bias;
    if (size == 0 || exponent >= Of::fraction_bits) return is_not_a_number(bits) ? Of::not_a_number : bits;

    bool const grows = rounding == (sign != 0 ? Rounding::down : Rounding::up);
    if (exponent < 0) {  // between 0 and 1
        bool const is_half = rounding == Rounding::half_away && exponent == -1;
        return grows || is_half ? sign | Of::one : sign;
    }
    Bits const below_one = Of::fraction >> exponent;
    Bits added           = grows ? below_one : Bits{0};
    if (rounding == Rounding::half_away) added = (below_one >> 1) + 1;
    return sign | ((size + added) & ~below_one);  // a carry goes into the exponent: rightly
}

// The remainder of a division whose quotient is rounded towards zero: exact.
template <FloatBits Bits>
constexpr Bits float_remainder(Bits dividend, Bits divisor) {
    using soft::Kind;
    auto left        = soft::unpack(dividend);
    auto const right = soft::unpack(divisor);
    if (left.kind == Kind::not_a_number || right.kind == Kind::not_a_number || left.kind == Kind::infinite ||
        right.kind == Kind::zero)
        return soft::Format<Bits>::not_a_number;
    if (left.kind == Kind::zero || right.kind == Kind::infinite || soft::is_smaller(left, right))
        return dividend;
    // A long division in binary, of which only the rest is kept.
    Unsigned128 rest = left.significand;
    for (auto place = left.exponent - right.exponent;; --place, rest <<= 1) {
        if (rest >= right.significand) rest -= right.significand;
        if (place == 0) break;
    }
    return soft::pack<Bits>(soft::normalised(left.is_negative, right.exponent + 64, rest));
}

}  // namespace pith::runtime
