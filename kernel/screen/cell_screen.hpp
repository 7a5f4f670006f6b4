// Text on a framebuffer: a grid of cells in normal memory, drawn where it changed.
//
//     write --> TextLayout --> cells_  what each cell should show
//                                |
//                              draw    where cells_ and shown_ differ
//                                v
//                              shown_  what the framebuffer shows       --> video memory
//
// To scroll, the rows of cells_ change places, and what then differs from shown_ is drawn: mostly blanks, and
// letters that stand elsewhere. Video memory is never read, for that takes a hundred times as long: the
// concept has no word for it.
//
// Needs:     console (TextLayout, Sink), font, pixel_format.
// Promises:  after `make` nothing is allocated, and there is no lock: a panic can write at any time, over a
//            `write` that was interrupted, too. At worst one cell shows half.
#pragma once

#include "console/sink.hpp"
#include "console/text_layout.hpp"
#include "screen/font.hpp"
#include "screen/pixel_format.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace pith::screen {

// Where pixels go. `offset` counts bytes from the framebuffer's first.
template <typename Memory>
concept VideoMemory = requires(Memory memory, std::uint64_t offset, std::span<std::byte const> pixels) {
    memory.write(offset, pixels);
};

// What one cell shows. The colours are places in the palette.
struct Cell {
    Font::Glyph glyph       = 0;
    std::uint8_t foreground = 0, background = 0;

    constexpr bool operator==(Cell const&) const = default;

    constexpr Cell() = default;
    constexpr Cell(Font::Glyph shown, console::Style const& style)
        : glyph{shown},
          foreground{place(style.foreground, style.is_foreground_bright || style.is_bold)},
          background{place(style.background, style.is_background_bright)} {
        if (style.is_reversed) *this = reversed();
    }
    constexpr Cell reversed() const {
        Cell cell = *this;
        std::swap(cell.foreground, cell.background);
        return cell;
    }

private:
    static constexpr std::uint8_t place(console::Colour colour, bool is_bright) {
        return static_cast<std::uint8_t>(static_cast<unsigned>(colour) + (is_bright ? 8U : 0U));
    }
};
static_assert(sizeof(Cell) == 4);

// A framebuffer in pixels.
struct Picture {
    std::uint32_t pitch, width, height;
    PixelFormat format;
};

template <VideoMemory Memory>
class CellScreen final : public console::Sink, console::RowsAndColumns {
public:
    // More than any screen has in glyphs of 8 x 16: a bound for what the heap must give.
    static constexpr std::size_t max_columns = 1024, max_rows = 512;

    // Whether there is room for one character.
    static bool fits(Picture const& picture, Font const& font) {
        return picture.width >= font.width() && picture.height >= font.height();
    }

    // Clears the framebuffer, on which one character has room.
    CellScreen(Memory memory, Picture const& picture, Font font)
        : memory_{memory},
          picture_{picture},
          font_{std::move(font)},
          columns_{std::min<std::size_t>(picture.width / font_.width(), max_columns)},
          rows_{std::min<std::size_t>(picture.height / font_.height(), max_rows)},
          blank_{font_.glyph_of(U' '), console::Style{}},
          cells_(rows_ * columns_, blank_),
          shown_(rows_ * columns_, blank_),
          line_(picture.width * picture.format.bytes()),
          layout_{rows_, columns_} {
        for (std::uint32_t line = 0; line < picture_.height; ++line)
            memory_.write(std::uint64_t{line} * picture_.pitch, line_);
        draw();
    }

    std::size_t columns() const { return columns_; }
    std::size_t rows() const { return rows_; }

    void write(std::string_view text) override {
        touch(layout_.row());  // the cursor leaves it
        layout_.write(text, *this);
        touch(layout_.row());
        draw();
    }

private:
    void put(std::size_t row, std::size_t column, char32_t character, console::Style const& style) override {
        cell(row, column) = Cell{font_.glyph_of(character), style};
        touch(row);
    }
    void scroll() override {
        top_ = (top_ + 1) % rows_;
        for (std::size_t column = 0; column < columns_; ++column) cell(rows_ - 1, column) = blank_;
        touch(0);
        touch(rows_ - 1);
    }

    Cell& cell(std::size_t row, std::size_t column) {
        return cells_[(top_ + row) % rows_ * columns_ + column];
    }

    // Something in this row may have to be drawn.
    void touch(std::size_t row) {
        first_touched_ = std::min(first_touched_, row);
        last_touched_  = std::max(last_touched_, row);
    }

    void draw() {
        for (auto row = first_touched_; row <= last_touched_; ++row) draw_row(row);
        first_touched_ = rows_;
        last_touched_  = 0;
    }
    // Neighbours that changed are drawn together: so the writes that are combined are long.
    void draw_row(std::size_t row) {
        std::size_t start = 0;
        while (start < columns_) {
            if (!is_to_be_drawn(row, start)) {
                ++start;
                continue;
            }
            auto end = start + 1;
            while (end < columns_ && is_to_be_drawn(row, end)) ++end;
            draw_cells(row, start, end);
            start = end;
        }
    }
    bool is_to_be_drawn(std::size_t row, std::size_t column) {
        return wanted(row, column) != shown_[row * columns_ + column];
    }
    // The cursor is a cell with its colours exchanged.
    Cell wanted(std::size_t row, std::size_t column) {
        bool const has_cursor = row == layout_.row() && column == layout_.column();
        return has_cursor ? cell(row, column).reversed() : cell(row, column);
    }
    void draw_cells(std::size_t row, std::size_t start, std::size_t end) {
        for (auto column = start; column < end; ++column)
            shown_[row * columns_ + column] = wanted(row, column);
        auto const cells = std::span{shown_}.subspan(row * columns_ + start, end - start);
        auto const left  = start * font_.width() * picture_.format.bytes();
        for (std::uint32_t line = 0; line < font_.height(); ++line)
            memory_.write((row * font_.height() + line) * picture_.pitch + left, drawn(cells, line));
    }

    // One line of pixels through these cells.
    std::span<std::byte const> drawn(std::span<Cell const> cells, std::uint32_t line) {
        switch (picture_.format.bytes()) {
            case 1:  return drawn_in<1>(cells, line);
            case 2:  return drawn_in<2>(cells, line);
            case 3:  return drawn_in<3>(cells, line);
            default: return drawn_in<4>(cells, line);
        }
    }
    template <std::size_t PixelBytes>
    std::span<std::byte const> drawn_in(std::span<Cell const> cells, std::uint32_t line) {
        auto rest = std::span{line_};
        for (auto const shown : cells) {
            auto const foreground = colours_[shown.foreground], background = colours_[shown.background];
            auto bits = font_.row(shown.glyph, line);
            for (std::uint32_t pixel = 0; pixel < font_.width(); ++pixel, bits <<= 1) {
                auto const value = (bits >> 31) != 0 ? foreground : background;
                std::memcpy(rest.data(), &value, PixelBytes);
                rest = rest.subspan(PixelBytes);
            }
        }
        return std::span{line_}.first(line_.size() - rest.size());
    }

    static std::array<std::uint32_t, palette.size()> pixels_of(PixelFormat const& format) {
        std::array<std::uint32_t, palette.size()> pixels{};
        std::ranges::transform(palette, pixels.begin(), [&](Rgb colour) { return format.pixel(colour); });
        return pixels;
    }

    Memory memory_;
    Picture picture_;
    Font font_;
    std::array<std::uint32_t, palette.size()> colours_ = pixels_of(picture_.format);
    std::size_t columns_, rows_;
    Cell blank_;
    std::vector<Cell> cells_, shown_;
    std::vector<std::byte> line_;  // of pixels, while it is made
    console::TextLayout layout_;
    std::size_t top_           = 0;  // where in cells_ the uppermost row is
    std::size_t first_touched_ = 0,
                last_touched_  = 0;  // rows; none are touched if the first is behind the last
};

}  // namespace pith::screen
