// Dividing 128-bit integers: the processor divides 64-bit ones only, so the compiler calls a function.
//
// integer_division.cpp gives these the compiler's names in the kernel. Here they are ordinary functions,
// which the host tests beside its own, and which serve at compile time too.
//
// Needs:     base (failure).
// Promises:  no 128-bit division within, so no recursion. Division by zero fails. The remainder has the
//            dividend's sign, and quotients are rounded towards zero, as C++ has it.
// Reference: Donald E. Knuth, The Art of Computer Programming vol. 2, "The Classical Algorithms";
//            Henry S. Warren, Hacker's Delight, "Integer Division".
#pragma once

#include "base/fail.hpp"

#include <bit>
#include <cstdint>

namespace pith::runtime {

using Unsigned128 = unsigned __int128;
using Signed128   = __int128;

template <typename Integer>
struct Division {
    Integer quotient;
    Integer remainder;
    constexpr bool operator==(Division const&) const = default;
};

namespace division {

constexpr std::uint64_t high(Unsigned128 value) { return static_cast<std::uint64_t>(value >> 64); }
constexpr std::uint64_t low(Unsigned128 value) { return static_cast<std::uint64_t>(value); }
constexpr Unsigned128 join(std::uint64_t high, std::uint64_t low) { return Unsigned128{high} << 64 | low; }

// One digit, of 32 bits, of a long division: the greatest whose product with `divisor` is not above
// `rest` * 2^32 + `next`. The estimate by the divisor's upper half is at most two too large, because the
// divisor's top bit is set.
constexpr std::uint64_t quotient_digit(std::uint64_t rest, std::uint64_t next, std::uint64_t divisor) {
    std::uint64_t const upper = divisor >> 32;
    std::uint64_t const lower = divisor & 0xffff'ffff;
    std::uint64_t digit       = rest / upper;
    std::uint64_t over        = rest % upper;
    while (digit >> 32 != 0 || digit * lower > (over << 32 | next)) {
        --digit;
        over += upper;
        if (over >> 32 != 0) break;
    }
    return digit;
}

// Two words by one, where the quotient fits one word: high(dividend) < divisor.
constexpr Division<std::uint64_t> divide_by_word(Unsigned128 dividend, std::uint64_t divisor) {
    auto const shift = std::countl_zero(divisor);
    divisor <<= shift;
    dividend <<= shift;
    std::uint64_t const third  = low(dividend) >> 32;
    std::uint64_t const fourth = low(dividend) & 0xffff'ffff;
    // What the products carry beyond 64 bits, the differences take away again.
    auto const first_digit  = quotient_digit(high(dividend), third, divisor);
    auto const rest         = (high(dividend) << 32) + third - first_digit * divisor;
    auto const second_digit = quotient_digit(rest, fourth, divisor);
    auto const last_rest    = (rest << 32) + fourth - second_digit * divisor;
    return {.quotient = first_digit << 32 | second_digit, .remainder = last_rest >> shift};
}

// Two words by one. The quotient may need both words: the upper one is divided first.
constexpr Division<Unsigned128> divide_by_small(Unsigned128 dividend, std::uint64_t divisor) {
    auto const upper = high(dividend) / divisor;
    auto const rest  = high(dividend) % divisor;
    if (rest == 0 && upper == 0) {
        return {.quotient = low(dividend) / divisor, .remainder = low(dividend) % divisor};
    }
    auto const lower = divide_by_word(join(rest, low(dividend)), divisor);
    return {.quotient = join(upper, lower.quotient), .remainder = lower.remainder};
}

// Two words by two. The divisor's top 64 bits give the quotient, or one more than it.
constexpr Division<Unsigned128> divide_by_large(Unsigned128 dividend, Unsigned128 divisor) {
    auto const shift    = std::countl_zero(high(divisor));
    auto const estimate = divide_by_word(dividend >> 1, high(divisor << shift)).quotient >> (63 - shift);
    // Starting one below makes it right or one too small.
    std::uint64_t quotient = estimate == 0 ? 0 : estimate - 1;
    Unsigned128 remainder  = dividend - divisor * quotient;
    if (remainder >= divisor) {
        ++quotient;
        remainder -= divisor;
    }
    return {.quotient = quotient, .remainder = remainder};
}

constexpr Unsigned128 magnitude(Signed128 value) {
    auto const bits = static_cast<Unsigned128>(value);
    return value < 0 ? -bits : bits;
}

constexpr Signed128 with_sign(Unsigned128 magnitude, bool is_negative) {
    return static_cast<Signed128>(is_negative ? -magnitude : magnitude);
}

}  // namespace division

constexpr Division<Unsigned128> divide(Unsigned128 dividend, Unsigned128 divisor) {
    require(divisor != 0, "a 128-bit integer is divided by zero");
    if (dividend < divisor) return {.quotient = 0, .remainder = dividend};
    if (division::high(divisor) == 0) return division::divide_by_small(dividend, division::low(divisor));
    return division::divide_by_large(dividend, divisor);
}

// The least number by -1 is itself: its quotient does not fit, and wraps.
constexpr Division<Signed128> divide(Signed128 dividend, Signed128 divisor) {
    auto const [quotient, remainder] = divide(division::magnitude(dividend), division::magnitude(divisor));
    return {.quotient  = division::with_sign(quotient, (dividend < 0) != (divisor < 0)),
            .remainder = division::with_sign(remainder, dividend < 0)};
}

}  // namespace pith::runtime
