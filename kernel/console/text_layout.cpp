#include "console/text_layout.hpp"

namespace pith::console {

void TextLayout::write(std::string_view text, RowsAndColumns& screen) {
    auto const show   = [&](char32_t shown) { put(shown, screen); };
    auto const move   = [&](ControlSequence const& sequence) { this->move(sequence, screen); };
    auto const decode = [&](char32_t code_point) { ansi_.feed(code_point, show, move); };
    for (char const character : text) utf8_.feed(static_cast<std::uint8_t>(character), decode);
}

// #region put
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
// #endregion put

// What is left out counts as 1, and no movement leaves the screen.
void TextLayout::move(ControlSequence const& sequence, RowsAndColumns& screen) {
    auto const first = std::max<std::size_t>(sequence.parameter(0), 1),
               other = std::max<std::size_t>(sequence.parameter(1), 1);
    switch (sequence.final()) {
        case U'A': row_ -= std::min(row_, first); return;
        case U'C': column_ = std::min(column() + first, columns_ - 1); return;
        case U'D': column_ = column() - std::min(column(), first); return;
        case U'H':
            row_    = std::min(first, rows_) - 1;
            column_ = std::min(other, columns_) - 1;
            return;
        case U'J': return erase(sequence.parameter(0), screen);
        default:   return;
    }
}

// 0: from the cursor to the end; 2: all.
void TextLayout::erase(std::uint16_t what, RowsAndColumns& screen) {
    if (what != 0 && what != 2) return;
    auto const first = what == 0 ? row_ * columns_ + column_ : 0;
    for (auto index = first; index < rows_ * columns_; ++index)
        screen.put(index / columns_, index % columns_, U' ', Style{});
}

// #region new-line
void TextLayout::new_line(RowsAndColumns& screen) {
    column_ = 0;
    if (row_ + 1 < rows_) {
        ++row_;
    } else {
        screen.scroll();
    }
}
// #endregion new-line

}  // namespace pith::console
