// Text on a screen of rows and columns: which character, in which style, stands where.
//
// Every screen has one of these, and shows in its own way what it says.
//
// Needs:     base (UTF-8), ansi.
// Promises:  every place is inside the screen, whatever bytes come. Between two of them nothing is lost: a
//            sequence that is cut in two is read as one.
// Reference: ECMA-48 "CUU", "CUF", "CUB", "CUP", "ED".
#pragma once

#include "base/utf8.hpp"
#include "console/ansi.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pith::console {

// #region rows-and-columns
// Who shows what a layout says. Which screen there is, is known only when the machine runs.
class RowsAndColumns {
public:
    virtual void put(std::size_t row, std::size_t column, char32_t character, Style const& style) = 0;
    // Moves all rows up by one, and empties the last.
    virtual void scroll() = 0;

protected:
    constexpr RowsAndColumns()                       = default;
    ~RowsAndColumns()                                = default;  // nobody owns a screen through this type
    RowsAndColumns(RowsAndColumns const&)            = delete;
    RowsAndColumns& operator=(RowsAndColumns const&) = delete;
};
// #endregion rows-and-columns

class TextLayout {
public:
    static constexpr std::size_t tab_width = 8;

    constexpr TextLayout(std::size_t rows, std::size_t columns) : rows_{rows}, columns_{columns} {}

    void write(std::string_view text, RowsAndColumns& screen);

    // Where the cursor is. In a full row it stays on the last character.
    constexpr std::size_t row() const { return row_; }
    constexpr std::size_t column() const { return std::min(column_, columns_ - 1); }

private:
    void put(char32_t character, RowsAndColumns& screen);
    // The cursor's movements and the erasing that a line editor needs; what else there is, is ignored.
    void move(ControlSequence const& sequence, RowsAndColumns& screen);
    void erase(std::uint16_t what, RowsAndColumns& screen);
    void new_line(RowsAndColumns& screen);

    std::size_t rows_, columns_;
    std::size_t row_ = 0, column_ = 0;  // column_ == columns_: the next character begins a line
    Utf8Decoder utf8_;
    AnsiDecoder ansi_;
};

}  // namespace pith::console
