// 128-bit division beside the host compiler's own.
#include "runtime/integer_division.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace pith::runtime {
namespace {

constexpr Unsigned128 all_ones = ~Unsigned128{0};
constexpr auto least           = static_cast<Signed128>(Unsigned128{1} << 127);
constexpr auto greatest        = static_cast<Signed128>(all_ones >> 1);

static_assert(divide(Unsigned128{100}, Unsigned128{7}) == Division<Unsigned128>{14, 2});
static_assert(divide(all_ones, Unsigned128{10}) == Division<Unsigned128>{all_ones / 10, 5});
static_assert(divide(Signed128{-7}, Signed128{2}) == Division<Signed128>{-3, -1});

std::vector<Unsigned128> corners() {
    std::vector<Unsigned128> values{10, 1'000'000'007, all_ones / 10, all_ones / 3, (all_ones >> 64) * 3};
    for (int bit = 0; bit < 128; ++bit) {
        auto const power = Unsigned128{1} << bit;
        values.insert(values.end(),
                      {power - 1, power, power + 1, ~power, all_ones - power + 1, power * 0x8000'0001});
    }
    return values;
}

void expect_quotients(Unsigned128 dividend, Unsigned128 divisor) {
    auto const [quotient, remainder] = divide(dividend, divisor);
    ASSERT_TRUE(quotient == dividend / divisor)
        << std::hex << division::high(dividend) << ':' << division::low(dividend) << " by "
        << division::high(divisor) << ':' << division::low(divisor);
    ASSERT_TRUE(remainder == dividend % divisor);
}

void expect_quotients(Signed128 dividend, Signed128 divisor) {
    if (dividend == least && divisor == -1) return;
    auto const [quotient, remainder] = divide(dividend, divisor);
    ASSERT_TRUE(quotient == dividend / divisor);
    ASSERT_TRUE(remainder == dividend % divisor);
}

void expect_both(Unsigned128 dividend, Unsigned128 divisor) {
    ASSERT_NO_FATAL_FAILURE(expect_quotients(dividend, divisor));
    ASSERT_NO_FATAL_FAILURE(
        expect_quotients(static_cast<Signed128>(dividend), static_cast<Signed128>(divisor)));
}

// Numbers of all lengths, and with long runs of equal bits, where estimates go wrong.
class RandomNumbers {
public:
    Unsigned128 operator()() {
        auto value = division::join(random_(), random_()) >> shift_(random_);
        for (auto runs = random_() % 3; runs > 0; --runs) {
            auto const run = (all_ones >> shift_(random_)) << shift_(random_);
            value          = random_() % 2 == 0 ? value | run : value & ~run;
        }
        return value;
    }

private:
    std::mt19937_64 random_{1};
    std::uniform_int_distribution<int> shift_{0, 127};
};

TEST(IntegerDivision, agrees_with_the_host_on_corner_cases) {
    auto const values = corners();
    for (auto const dividend : values) {
        for (auto const divisor : values) {
            if (divisor != 0) {
                ASSERT_NO_FATAL_FAILURE(expect_both(dividend, divisor));
            }
        }
    }
}

TEST(IntegerDivision, agrees_with_the_host_on_random_numbers) {
    RandomNumbers random;
    for (int round = 0; round < 2'000'000; ++round) {
        auto const dividend = random();
        auto const divisor  = random();
        if (divisor != 0) {
            ASSERT_NO_FATAL_FAILURE(expect_both(dividend, divisor));
        }
    }
}

// Just below, at and just above a multiple: an estimate that is off by one shows here.
TEST(IntegerDivision, agrees_with_the_host_around_multiples) {
    RandomNumbers random;
    for (int round = 0; round < 500'000; ++round) {
        auto const divisor = random();
        if (divisor == 0) continue;
        auto const multiple = divisor * (random() % (all_ones / divisor) + 1);
        ASSERT_NO_FATAL_FAILURE(expect_both(multiple - 1, divisor));
        ASSERT_NO_FATAL_FAILURE(expect_both(multiple, divisor));
        ASSERT_NO_FATAL_FAILURE(expect_both(multiple + 1, divisor));
    }
}

TEST(IntegerDivision, wraps_where_the_quotient_does_not_fit) {
    EXPECT_TRUE((divide(least, Signed128{-1}) == Division<Signed128>{least, 0}));
    EXPECT_TRUE((divide(greatest, Signed128{-1}) == Division<Signed128>{-greatest, 0}));
}

TEST(IntegerDivisionDeathTest, by_zero_fails) {
    EXPECT_DEATH(divide(Unsigned128{1}, Unsigned128{0}), "");
    EXPECT_DEATH(divide(Signed128{-1}, Signed128{0}), "");
}

}  // namespace
}  // namespace pith::runtime
