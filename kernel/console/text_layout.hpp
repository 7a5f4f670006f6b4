// Text on a screen of rows and columns: which character, in which style, stands where.
//
// Every screen has one of these, and shows in its own way what it says.
//
// Needs:     base (UTF-8), ansi.
// Promises:  every place is inside the screen, whatever bytes come. Between two of them nothing is lost: a
//            sequence that is cut in two is read as one.
#pragma once

#include "base/utf8.hpp"
#include "console/ansi.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pith::console {

// What a layout tells: `put` shows a character, `scroll` moves all rows up by one and empties the last.
template <typename Screen>
concept RowsAndColumns = requires(Screen screen, std::size_t place, char32_t character, Style const& style) {
    screen.put(place, place, character, style);
    screen.scroll();
};

class TextLayout {
public:
    static constexpr std::size_t tab_width = 8;

    constexpr TextLayout(std::size_t rows, std::size_t columns) : rows_{rows}, columns_{columns} {}

    constexpr void write(std::string_view text, RowsAndColumns auto& screen) {
        for (char const character : text) {
            utf8_.feed(static_cast<std::uint8_t>(character), [&](char32_t code_point) {
                ansi_.feed(code_point, [&](char32_t shown) { put(shown, screen); });
            });
        }
    }

    // Where the cursor is. In a full row it stays on the last character.
    constexpr std::size_t row() const { return row_; }
    constexpr std::size_t column() const { return std::min(column_, columns_ - 1); }

private:
    constexpr void put(char32_t character, auto& screen) {
        switch (character) {
            case U'\n': return new_line(screen);
            case U'\r': column_ = 0; return;
            case U'\b': column_ -= column_ > 0 ? 1 : 0; return;
            case U'\t':
                do put(U' ', screen);
                while (column_ % tab_width != 0 && column_ != columns_);
                return;
            default: break;
        }
        // Only now, so that a line as long as a row is followed by no empty one.
        if (column_ == columns_) new_line(screen);
        screen.put(row_, column_++, character, ansi_.style());
    }
    constexpr void new_line(auto& screen) {
        column_ = 0;
        if (row_ + 1 < rows_) {
            ++row_;
        } else {
            screen.scroll();
        }
    }

    std::size_t rows_, columns_;
    std::size_t row_ = 0, column_ = 0;  // column_ == columns_: the next character begins a line
    Utf8Decoder utf8_;
    AnsiDecoder ansi_;
};

}  // namespace pith::console
