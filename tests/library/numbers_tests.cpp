// Numbers: floating point is done by integer instructions, bit by bit as the hardware would.
#include "cpu/hidden.hpp"
#include "suites.hpp"

#include <array>
#include <cfloat>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <random>
#include <valarray>

using namespace pith;
using cpu::hidden;
using testing::check;
using testing::check_equal;

namespace {

void floating_point() {
    check(hidden(0.1) + hidden(0.2) == 0.30000000000000004);
    check(hidden(0.1F) * hidden(3.0F) == 0.1F * 3.0F);
    check(hidden(1.0) / hidden(3.0) == 0.33333333333333331);
    check(hidden(1e300) * hidden(1e10) == HUGE_VAL);
    check(static_cast<int>(hidden(-2.9)) == -2 &&
          static_cast<std::uint64_t>(hidden(1e19)) == 10'000'000'000'000'000'000U);
    check(static_cast<double>(hidden(std::int64_t{-5})) == -5.0);
    check(static_cast<float>(hidden(0.1)) == 0.1F && static_cast<double>(hidden(0.5F)) == 0.5);
}

void cmath() {
    floating_point();
    check(std::sqrt(hidden(2.0)) == std::numbers::sqrt2 && std::sqrt(hidden(16.0F)) == 4.0F);
    check(std::floor(hidden(-2.5)) == -3 && std::ceil(hidden(-2.5)) == -2);
    check(std::round(hidden(-2.5)) == -3 && std::trunc(hidden(-2.5)) == -2);
    check(std::fmod(hidden(7.5), hidden(2.0)) == 1.5 && std::fabs(hidden(-1.5F)) == 1.5F);
    check(std::fmin(hidden(1.0), hidden(NAN)) == 1.0 && std::fmax(hidden(1.0F), hidden(2.0F)) == 2.0F);
    check(std::isnan(std::sqrt(hidden(-1.0))) && std::isinf(hidden(1.0) / hidden(0.0)));
    check(std::signbit(hidden(-0.0)) && std::copysign(hidden(3.0), -1.0) == -3.0);
    check(std::fpclassify(hidden(DBL_MIN) / 2) == FP_SUBNORMAL);
}

void cfloat() {
    check(hidden(DBL_MIN) / 2 > 0 && hidden(DBL_MIN) * hidden(DBL_EPSILON) / 2 == 0);
    check(hidden(FLT_MAX) + hidden(FLT_MAX) > FLT_MAX);
    static_assert(DBL_MANT_DIG == 53 && LDBL_MANT_DIG == 53 && FLT_RADIX == 2);
}

void numbers() {
    auto const golden = hidden(std::numbers::phi);
    check(std::abs(golden * golden - golden - 1) < 1e-15);
    check(static_cast<float>(hidden(std::numbers::pi)) == std::numbers::pi_v<float>);
}

void complex() {
    std::complex<double> const i{0, hidden(1.0)};
    check(i * i == -1.0);
    auto const number = std::complex{hidden(3.0), hidden(4.0)};
    check(std::norm(number) == 25.0 && std::conj(number).imag() == -4.0);
    check((number + i - number) == i && number / 2.0 == std::complex{1.5, 2.0});
}

void random() {
    std::mt19937 engine;
    engine.discard(9999);
    check_equal(engine(), 4'123'659'995U);  // what the standard demands of the 10 000th
    std::mt19937_64 wide;
    wide.discard(9999);
    check_equal(wide(), 9'981'545'732'273'789'042U);
    std::minstd_rand small;
    small.discard(9999);
    check_equal(small(), 399'268'537U);

    std::array<int, 6> seen{};
    std::uniform_int_distribution die{1, 6};
    for (int roll = 0; roll < 6000; ++roll) ++seen.at(static_cast<std::size_t>(die(engine) - 1));
    for (auto const count : seen) check(count > 800 && count < 1200);

    std::uniform_real_distribution<double> unit;
    double sum = 0;
    for (int draw = 0; draw < 1000; ++draw) sum += unit(wide);
    check(sum > 450 && sum < 550);
    std::bernoulli_distribution coin{0.25};
    int heads = 0;
    for (int toss = 0; toss < 1000; ++toss) heads += coin(engine) ? 1 : 0;
    check(heads > 180 && heads < 320);
}

void valarray() {
    std::valarray<int> numbers(1000);
    for (std::size_t index = 0; index < numbers.size(); ++index) numbers[index] = static_cast<int>(index);
    std::valarray<int> const twice = numbers * 2 + 1;
    check_equal(twice.sum(), 1'000'000);
    check_equal(std::valarray<int>(numbers[std::slice(1, 3, 100)]).max(), 201);
    numbers[numbers > 10] = 0;
    check_equal(numbers.sum(), 55);
    std::valarray<double> const halves = std::valarray<double>{1, 2, 3} / 2.0;
    check(halves.sum() == 3.0 && std::sqrt(std::valarray<double>{4, 9}).sum() == 5.0);
    check_equal(numbers.cshift(5)[0], 5);
}

constexpr testing::Test numbers_tests[] = {
    {"cmath", cmath},     {"cfloat", cfloat}, {"numbers", numbers},
    {"complex", complex}, {"random", random}, {"valarray", valarray},
};

}  // namespace

constinit testing::Suite const tests::numbers_suite{numbers_tests};
