// The text screen, as simple as it can be: lines from the top, no scrolling, one colour.
//
// Needs:     memory (where the boot map has video memory), the runtime (libc++).
// Promises:  what is not on the screen is not written to: a line too many or too long is a failure, or cut.
// Reference: IBM, VGA/XGA Technical Reference, "Alphanumeric Modes".
#pragma once

#include "memory/layout.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <ranges>
#include <span>
#include <string_view>
#include <utility>

// #region screen
class Screen {
public:
    static constexpr std::size_t columns = 80, rows = 25;

    Screen() {
// SAFETY: because the boot map reaches video memory, and nobody else in this kernel writes to it.
#pragma clang unsafe_buffer_usage begin
        auto* const first = reinterpret_cast<std::uint16_t volatile*>(DIRECT_MAP_START + 0xb8000);
        cells_            = {first, columns * rows};
#pragma clang unsafe_buffer_usage end
        for (auto& cell : cells_) cell = blank;
    }

    void write_line(std::string_view text) {
        auto const line = cells_.subspan(row_++ * columns, columns);
        for (auto const [cell, character] : std::views::zip(line, text)) {
            cell = static_cast<std::uint16_t>(light_grey | static_cast<unsigned char>(character));
        }
    }

private:
    static constexpr std::uint16_t light_grey = 0x0700, blank = light_grey | ' ';

    std::span<std::uint16_t volatile> cells_;
    std::size_t row_ = 0;
};
// #endregion screen

// #region show
// One line, formatted into an array on the stack.
template <typename... Arguments>
void show(Screen& screen, std::format_string<Arguments...> format, Arguments&&... arguments) {
    std::array<char, Screen::columns> line;
    auto const result =
        std::format_to_n(line.begin(), line.size(), format, std::forward<Arguments>(arguments)...);
    screen.write_line({line.begin(), result.out});
}
// #endregion show
