// An entry of the log: who says what, how much it matters, and when it was.
//
//   [    1.234567] warning keyboard: 3 scancodes were lost
//
// Needs:     nothing.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <format>
#include <optional>
#include <string_view>

namespace pith::log {

enum class Level : std::uint8_t {
    debug,    // for whoever looks for a mistake in the kernel
    info,     // what was found, begun, ended
    warning,  // something is not as it should be, and the system goes on
    error,    // something that was wanted cannot be had
};
inline constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

constexpr std::string_view name_of(Level level) { return level_names[static_cast<std::size_t>(level)]; }

constexpr std::optional<Level> level_named(std::string_view name) {
    for (std::size_t index = 0; index < level_names.size(); ++index) {
        if (level_names[index] == name) return static_cast<Level>(index);
    }
    return std::nullopt;
}

// Who gets to see it.
enum class Showing : std::uint8_t {
    said,  // printed, and kept
    kept,  // kept only, for it was printed in other words
};

using Time = std::optional<std::chrono::nanoseconds>;  // nothing before there is a clock

struct Message {
    Level level     = Level::info;
    Showing showing = Showing::said;
    Time time;
    std::string_view source;  // a short word: a layer, a device
    std::string_view text;

    constexpr bool operator==(Message const&) const = default;
};

struct Entry {
    std::uint64_t number;  // counted from 0, each one more than the one before
    Message message;

    constexpr bool operator==(Entry const&) const = default;
};

// The time as it stands in a line: seconds and microseconds, 14 characters.
struct Stamp {
    Time time;
};

}  // namespace pith::log

template <>
struct std::formatter<pith::log::Stamp> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::log::Stamp stamp, auto& context) const {
        if (!stamp.time) return std::format_to(context.out(), "[{:12}]", "");
        auto const microseconds = std::chrono::floor<std::chrono::microseconds>(*stamp.time).count();
        return std::format_to(context.out(), "[{:5}.{:06}]", microseconds / 1'000'000,
                              microseconds % 1'000'000);
    }
};
