// Floating point by integers beside the host's hardware: corner cases all with all, and millions of random
// bits.
#include "runtime/soft_float.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace pith::runtime {
namespace {

template <typename Bits>
using FloatOf = std::conditional_t<sizeof(Bits) == 4, float, double>;

template <typename Bits>
FloatOf<Bits> as_float(Bits bits) {
    return std::bit_cast<FloatOf<Bits>>(bits);
}

static_assert(float_add(std::bit_cast<std::uint32_t>(0.1F), std::bit_cast<std::uint32_t>(0.2F)) ==
              std::bit_cast<std::uint32_t>(0.1F + 0.2F));

// Equal bit by bit; what is not a number has many forms.
template <typename Bits>
testing::AssertionResult is_same(Bits actual, FloatOf<Bits> expected) {
    if (std::isnan(expected) ? is_not_a_number(actual) : actual == std::bit_cast<Bits>(expected))
        return testing::AssertionSuccess();
    return testing::AssertionFailure() << std::hexfloat << as_float(actual) << " instead of " << expected;
}

template <typename Bits>
std::vector<Bits> corners() {
    using Of     = soft::Format<Bits>;
    using Limits = std::numeric_limits<FloatOf<Bits>>;
    std::vector<Bits> values{0,
                             1,
                             Of::fraction,
                             Of::hidden_bit,
                             Of::one,
                             Of::infinity,
                             Of::not_a_number,
                             std::bit_cast<Bits>(Limits::max()),
                             std::bit_cast<Bits>(Limits::epsilon())};
    for (double const value : {0.25, 0.5, 0.75, 1.5, 2.0, 2.5, 3.0, 10.0, 0.1, 1e9, 4294967296.0, 1e18})
        values.push_back(std::bit_cast<Bits>(static_cast<FloatOf<Bits>>(value)));
    for (std::size_t index = 0, size = values.size(); index < size; ++index) {
        values.push_back(values[index] + 1);
        if (values[index] != 0) values.push_back(values[index] - 1);
    }
    for (std::size_t index = 0, size = values.size(); index < size; ++index)
        values.push_back(values[index] | Of::sign);
    return values;
}

// Random bits; half of them with exponents near 1, so that sums cancel and quotients stay in range.
template <typename Bits>
class RandomBits {
public:
    Bits operator()() {
        auto bits = static_cast<Bits>(engine_());
        if (engine_() % 2 == 0) return bits;
        auto const exponent =
            static_cast<Bits>(soft::Format<Bits>::bias - 35) + static_cast<Bits>(engine_() % 70);
        bits &= soft::Format<Bits>::sign | soft::Format<Bits>::fraction;
        if (engine_() % 4 == 0)
            bits &= ~Bits{0} << (soft::Format<Bits>::fraction_bits - 4);  // few digits: ties
        return bits | exponent << soft::Format<Bits>::fraction_bits;
    }

private:
    std::mt19937_64 engine_{2026};
};

template <typename Bits>
class SoftFloat : public testing::Test {
protected:
    // Calls `test` with all pairs of corners, and with random ones.
    template <typename Test>
    void for_all_pairs(Test test, int rounds = 2'000'000) {
        auto const values = corners<Bits>();
        for (auto const left : values) {
            for (auto const right : values) test(left, right);
        }
        RandomBits<Bits> random;
        for (int round = 0; round < rounds && !this->HasFatalFailure(); ++round) {
            auto const left = random();
            test(left, random());
        }
    }
    template <typename Test>
    void for_all(Test test, int rounds = 2'000'000) {
        for_all_pairs([&](Bits value, Bits) { test(value); }, rounds);
    }
};

using Formats = testing::Types<std::uint32_t, std::uint64_t>;
TYPED_TEST_SUITE(SoftFloat, Formats);

TYPED_TEST(SoftFloat, AddsAndSubtractsAsTheHardware) {
    this->for_all_pairs([](TypeParam left, TypeParam right) {
        ASSERT_TRUE(is_same(float_add(left, right), as_float(left) + as_float(right)));
        ASSERT_TRUE(is_same(float_subtract(left, right), as_float(left) - as_float(right)));
    });
}

TYPED_TEST(SoftFloat, MultipliesAsTheHardware) {
    this->for_all_pairs([](TypeParam left, TypeParam right) {
        ASSERT_TRUE(is_same(float_multiply(left, right), as_float(left) * as_float(right)));
    });
}

TYPED_TEST(SoftFloat, DividesAsTheHardware) {
    this->for_all_pairs([](TypeParam left, TypeParam right) {
        ASSERT_TRUE(is_same(float_divide(left, right), as_float(left) / as_float(right)))
            << as_float(left) << " by " << as_float(right);
    });
}

TYPED_TEST(SoftFloat, TakesRootsAsTheHardware) {
    this->for_all([](TypeParam value) {
        ASSERT_TRUE(is_same(float_square_root(value), std::sqrt(as_float(value)))) << as_float(value);
    });
}

TYPED_TEST(SoftFloat, ComparesAsTheHardware) {
    this->for_all_pairs([](TypeParam left, TypeParam right) {
        ASSERT_TRUE(float_compare(left, right) == (as_float(left) <=> as_float(right)))
            << as_float(left) << " and " << as_float(right);
    });
}

TYPED_TEST(SoftFloat, RoundsAsTheHardware) {
    this->for_all([](TypeParam bits) {
        auto const value = as_float(bits);
        ASSERT_TRUE(is_same(float_round(bits, Rounding::towards_zero), std::trunc(value))) << value;
        ASSERT_TRUE(is_same(float_round(bits, Rounding::down), std::floor(value))) << value;
        ASSERT_TRUE(is_same(float_round(bits, Rounding::up), std::ceil(value))) << value;
        ASSERT_TRUE(is_same(float_round(bits, Rounding::half_away), std::round(value))) << value;
    });
}

TYPED_TEST(SoftFloat, LeavesRemaindersAsTheHostsLibrary) {
    this->for_all_pairs(
        [](TypeParam left, TypeParam right) {
            ASSERT_TRUE(is_same(float_remainder(left, right), std::fmod(as_float(left), as_float(right))))
                << as_float(left) << " by " << as_float(right);
        },
        200'000);
}

TYPED_TEST(SoftFloat, ConvertsToTheOtherFormatAsTheHardware) {
    using Other = std::conditional_t<sizeof(TypeParam) == 4, std::uint64_t, std::uint32_t>;
    this->for_all([](TypeParam bits) {
        ASSERT_TRUE(is_same(float_convert<Other>(bits), static_cast<FloatOf<Other>>(as_float(bits))));
    });
}

// What of a number the integer can hold: the conversion of others is undefined.
template <typename Integer, typename Bits>
void expect_integer(Bits bits) {
    auto const value    = std::trunc(as_float(bits));
    auto const beyond   = std::ldexp(FloatOf<Bits>{1}, std::numeric_limits<Integer>::digits);
    auto const smallest = std::numeric_limits<Integer>::is_signed ? -beyond : FloatOf<Bits>{0};
    if (value >= smallest && value < beyond) {
        ASSERT_EQ(float_to<Integer>(bits), static_cast<Integer>(as_float(bits))) << value;
    } else if (value >= beyond) {
        ASSERT_EQ(float_to<Integer>(bits), std::numeric_limits<Integer>::max()) << value;
    } else if (value < smallest) {
        ASSERT_EQ(float_to<Integer>(bits), std::numeric_limits<Integer>::min()) << value;
    } else {
        ASSERT_EQ(float_to<Integer>(bits), Integer{0}) << value;
    }
}

TYPED_TEST(SoftFloat, BecomesAnIntegerAsByTheHardware) {
    this->for_all([](TypeParam bits) {
        expect_integer<std::int32_t>(bits);
        expect_integer<std::uint32_t>(bits);
        expect_integer<std::int64_t>(bits);
        expect_integer<std::uint64_t>(bits);
    });
}

TYPED_TEST(SoftFloat, ComesFromAnIntegerAsByTheHardware) {
    std::mt19937_64 engine{2026};
    for (int round = 0; round < 2'000'000; ++round) {
        auto const value    = engine() >> engine() % 64;
        auto const negative = static_cast<std::int64_t>(value * (engine() % 2 == 0 ? 1 : ~std::uint64_t{0}));
        ASSERT_TRUE(
            is_same(float_from<TypeParam>(Unsigned128{value}), static_cast<FloatOf<TypeParam>>(value)));
        ASSERT_TRUE(
            is_same(float_from<TypeParam>(Signed128{negative}), static_cast<FloatOf<TypeParam>>(negative)));
        auto const wide = Unsigned128{engine()} << 64 | value;
        ASSERT_TRUE(is_same(float_from<TypeParam>(wide), static_cast<FloatOf<TypeParam>>(wide)));
    }
}

}  // namespace
}  // namespace pith::runtime
