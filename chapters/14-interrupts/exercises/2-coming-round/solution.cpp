// Exercise 14.2: a clock from a counter that comes round.
#include "exercise.hpp"

namespace exercise {
namespace {

constexpr std::uint64_t steps_a_second = 3'579'545;
constexpr std::uint32_t counter_mask   = 0xff'ffff;

constinit std::uint32_t last  = 0;
constinit std::uint64_t steps = 0;

}  // namespace

void begin(std::uint32_t shown) {
    last  = shown;
    steps = 0;
}

// Steps are added up, and not nanoseconds: each look would round, and a thousand looks a second lose a
// microsecond a second. 128 bits, for 64 are too few after an hour and a half.
std::chrono::nanoseconds now(std::uint32_t shown) {
    steps += (shown - last) & counter_mask;
    last                   = shown;
    auto const nanoseconds = static_cast<unsigned __int128>(steps) * 1'000'000'000 / steps_a_second;
    return std::chrono::nanoseconds{static_cast<std::int64_t>(nanoseconds)};
}

}  // namespace exercise
