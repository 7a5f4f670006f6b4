#include "console/text_layout.hpp"

namespace pith::console {

void TextLayout::write(std::string_view text, RowsAndColumns& screen) {
    auto const show   = [&](char32_t shown) { put(shown, screen); };
    auto const decode = [&](char32_t code_point) { ansi_.feed(code_point, show); };
    for (char const character : text) utf8_.feed(static_cast<std::uint8_t>(character), decode);
}

void TextLayout::put(char32_t character, RowsAndColumns& screen) {
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

void TextLayout::new_line(RowsAndColumns& screen) {
    column_ = 0;
    if (row_ + 1 < rows_) {
        ++row_;
    } else {
        screen.scroll();
    }
}

}  // namespace pith::console
