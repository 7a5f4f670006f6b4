#include "shell/duration.hpp"

#include <cstdint>

namespace pith::shell {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::uint64_t most      = 1'000'000;  // of whatever unit

std::uint64_t nanoseconds_in(std::string_view unit) {
    if (unit.empty() || unit == "s") return 1'000'000'000;
    return unit == "ms" ? 1'000'000 : unit == "us" ? 1000 : unit == "ns" ? 1 : 0;
}

// The number that these digits are; nothing if it is too large.
std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t number = 0;
    for (char const digit : text) {
        number = number * 10 + static_cast<std::uint64_t>(digit - '0');
        if (number > most) return std::nullopt;
    }
    return number;
}

// Takes the digits at the beginning off the text.
std::string_view take_digits(std::string_view& text) {
    auto const taken = text.substr(0, text.find_first_not_of(digits));
    text.remove_prefix(taken.size());
    return taken;
}

}  // namespace

std::optional<std::chrono::nanoseconds> duration_of(std::string_view text) {
    auto const whole = take_digits(text);
    std::string_view part;
    if (!whole.empty() && text.starts_with('.')) {
        text.remove_prefix(1);
        part = take_digits(text).substr(0, 6);
    }
    auto const scale  = nanoseconds_in(text);
    auto const number = number_of(whole), behind_point = number_of(part);
    if (whole.empty() || scale == 0 || !number || !behind_point) return std::nullopt;
    auto fraction = *behind_point * scale;
    for (std::size_t digit = 0; digit < part.size(); ++digit) fraction /= 10;
    return std::chrono::nanoseconds{*number * scale + fraction};
}

}  // namespace pith::shell
