// From the steps of a counter to nanoseconds, and back: one multiplication each.
//
// Needs:     nothing.
// Promises:  rounds down, and does not overflow below 2^63 nanoseconds (292 years).
#pragma once

#include <chrono>
#include <cstdint>

namespace pith::time {

// #region scale
class Scale {
public:
    // A counter with so many steps a second: not 0.
    constexpr explicit Scale(std::uint64_t rate)
        : rate_{rate}, nanoseconds_{fraction(std::nano::den, rate)}, steps_{fraction(rate, std::nano::den)} {}

    constexpr std::uint64_t rate() const { return rate_; }
    constexpr std::chrono::nanoseconds nanoseconds(std::uint64_t steps) const {
        return std::chrono::nanoseconds{times(steps, nanoseconds_)};
    }
    // Of a duration that is not negative.
    constexpr std::uint64_t steps(std::chrono::nanoseconds duration) const {
        return times(static_cast<std::uint64_t>(duration.count()), steps_);
    }

private:
    // A number below 2^64 with 64 bits behind its point.
    using Fixed                     = unsigned __int128;
    static constexpr unsigned point = 64;

    static constexpr Fixed fraction(std::uint64_t above, std::uint64_t below) {
        auto const whole = above / below;
        return (Fixed{whole} << point) + ((Fixed{above % below} << point) / below);
    }
    static constexpr std::uint64_t times(std::uint64_t number, Fixed factor) {
        auto const whole = static_cast<std::uint64_t>(factor >> point),
                   part  = static_cast<std::uint64_t>(factor);
        return number * whole + static_cast<std::uint64_t>(Fixed{number} * part >> point);
    }

    std::uint64_t rate_;
    Fixed nanoseconds_, steps_;
};
// #endregion scale
static_assert(Scale{1'000'000'000}.nanoseconds(~std::uint64_t{0} >> 1) == std::chrono::nanoseconds::max());
static_assert(Scale{3'579'545}.nanoseconds(3'579'545).count() >= 999'999'999);
static_assert(Scale{2'500'000'000}.steps(std::chrono::seconds{2}) == 5'000'000'000);

}  // namespace pith::time
