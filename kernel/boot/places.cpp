#include "boot/places.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>

namespace pith::boot {
namespace {

// "IMAGE,MAP", both in range.
std::optional<Places> given_by(std::string_view numbers) {
    Places places{.draw = Draw::given};
    auto const comma = numbers.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    auto const read = [](std::string_view text, std::uint32_t limit, std::uint32_t& into) {
        auto const* const end        = std::to_address(text.end());
        auto const [behind, problem] = std::from_chars(std::to_address(text.begin()), end, into);
        return problem == std::errc{} && behind == end && into < limit;
    };
    if (!read(numbers.substr(0, comma), Places::images, places.image)) return std::nullopt;
    if (!read(numbers.substr(comma + 1), Places::direct_maps, places.direct_map)) return std::nullopt;
    return places;
}

// The first word: up to a blank that does not stand in quotes, as those of run="…" do (shell/first_lines.cpp).
std::string_view first_word(std::string_view text) {
    bool is_quoted = false;
    auto const end = std::ranges::find_if(text, [&](char character) {
        if (character == '"') is_quoted = !is_quoted;
        return character == ' ' && !is_quoted;
    });
    return {text.begin(), end};
}

}  // namespace

std::string_view explain(Draw draw) {
    switch (draw) {
        case Draw::none:  return "off: all is where it is linked";
        case Draw::given: return "the command line gives the places";
        case Draw::time_stamp:
            return "10 bits for the image, 16 for the direct map, from the time-stamp counter: weak";
        case Draw::rdrand: return "10 bits for the image, 16 for the direct map, from RDRAND";
        case Draw::rdseed: return "10 bits for the image, 16 for the direct map, from RDSEED";
    }
    return "unknown";
}

std::optional<Places> ordered_by(std::string_view command_line) {
    constexpr std::string_view off = "nokaslr", given = "kaslr=";
    while (!command_line.empty()) {
        auto const word = first_word(command_line);
        command_line.remove_prefix(std::min(word.size() + 1, command_line.size()));
        if (word == off) return Places{};
        if (word.starts_with(given)) return given_by(word.substr(given.size()));
    }
    return std::nullopt;
}

}  // namespace pith::boot
