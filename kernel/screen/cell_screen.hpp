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

// #region memory
// Where pixels go. `offset` counts bytes from the framebuffer's first.
template <typename Memory>
concept VideoMemory = requires(Memory memory, std::uint64_t offset, std::span<std::byte const> pixels) {
    memory.write(offset, pixels);
};
// #endregion memory

// #region cell
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
    constexpr bool has_colours_of(Cell other) const {
        return foreground == other.foreground && background == other.background;
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
// #endregion cell

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
        turn_cursor();
        draw();
    }

    std::size_t columns() const { return columns_; }
    std::size_t rows() const { return rows_; }

    // #region write
    void write(std::string_view text) override {
        turn_cursor();
        layout_.write(text, *this);
        turn_cursor();
        draw();
    }
    // #endregion write

private:
    // #region cells
    void put(std::size_t row, std::size_t column, char32_t character, console::Style const& style) override {
        cells_of(row)[column] = Cell{font_.glyph_of(character), style};
        touch(row);
    }
    void scroll() override {
        top_ = (top_ + 1) % rows_;
        std::ranges::fill(cells_of(rows_ - 1), blank_);
        touch(0);
        touch(rows_ - 1);
    }

    std::span<Cell> cells_of(std::size_t row) {
        return std::span{cells_}.subspan((top_ + row) % rows_ * columns_, columns_);
    }

    // The cursor is a cell with its colours exchanged.
    void turn_cursor() {
        auto& cell = cells_of(layout_.row())[layout_.column()];
        cell       = cell.reversed();
        touch(layout_.row());
    }

    // Something in this row may have to be drawn.
    void touch(std::size_t row) {
        first_touched_ = std::min(first_touched_, row);
        last_touched_  = std::max(last_touched_, row);
    }
    // #endregion cells

    // #region draw
    void draw() {
        for (auto row = first_touched_; row <= last_touched_; ++row) draw_row(row);
        first_touched_ = rows_;
        last_touched_  = 0;
    }
    // Neighbours that changed, in the same colours, are drawn together: so the writes that are combined are
    // long.
    void draw_row(std::size_t row) {
        auto const wanted = cells_of(row), shown = std::span{shown_}.subspan(row * columns_, columns_);
        for (std::size_t start = 0; start < columns_;) {
            auto end = start;
            for (; end < columns_ && wanted[end] != shown[end] && wanted[end].has_colours_of(wanted[start]);
                 ++end)
                shown[end] = wanted[end];
            if (end != start) draw_cells(row, start, shown.subspan(start, end - start));
            start = std::max(end, start + 1);
        }
    }
    void draw_cells(std::size_t row, std::size_t column, std::span<Cell const> cells) {
        auto const left = column * font_.width() * picture_.format.bytes();
        for (std::uint32_t line = 0; line < font_.height(); ++line)
            memory_.write((row * font_.height() + line) * picture_.pitch + left, drawn(cells, line));
    }
    // #endregion draw

    // One line of pixels through these cells, which have the same colours.
    std::span<std::byte const> drawn(std::span<Cell const> cells, std::uint32_t line) {
        choose_colours(cells.front());
        switch (picture_.format.bytes()) {
            case 1:  return drawn_in<1>(cells, line);
            case 2:  return drawn_in<2>(cells, line);
            case 3:  return drawn_in<3>(cells, line);
            default: return drawn_in<4>(cells, line);
        }
    }

    // #region line
    template <std::size_t PixelBytes>
    std::span<std::byte const> drawn_in(std::span<Cell const> cells, std::uint32_t line) {
        constexpr std::uint32_t four = 4;
        auto rest                    = std::span{line_};
        for (auto const shown : cells) {
            auto bits = font_.row(shown.glyph, line);
            auto left = font_.width();
            for (; left >= four; left -= four, bits <<= four) {
                auto const strip = rest.first(four * PixelBytes);
                std::memcpy(strip.data(), strips_[bits >> 28].data(), four * PixelBytes);
                rest = rest.subspan(four * PixelBytes);
            }
            std::ranges::copy(std::span{strips_[bits >> 28]}.first(left * PixelBytes), rest.begin());
            rest = rest.subspan(left * PixelBytes);
        }
        return std::span{line_}.first(line_.size() - rest.size());
    }
    // #endregion line

    // Makes the strips those of this cell's colours.
    void choose_colours(Cell cell) {
        if (cell.foreground == foreground_ && cell.background == background_) [[likely]]
            return;
        foreground_ = cell.foreground;
        background_ = cell.background;
        for (unsigned bits = 0; bits < strips_.size(); ++bits) {
            for (unsigned pixel = 0; pixel < 4; ++pixel)
                put_pixel(strips_[bits], pixel,
                          colours_[(bits & 8U >> pixel) != 0 ? foreground_ : background_]);
        }
    }
    void put_pixel(std::span<std::byte> strip, std::size_t number, std::uint32_t value) const {
        for (auto& byte : strip.subspan(number * picture_.format.bytes(), picture_.format.bytes())) {
            byte = static_cast<std::byte>(value);
            value >>= 8;
        }
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
    // Four pixels for each pattern of four bits, in the two colours that were drawn last.
    std::array<std::array<std::byte, 16>, 16> strips_{};
    std::uint8_t foreground_ = 0xff, background_ = 0xff;  // none yet
    console::TextLayout layout_;
    std::size_t top_           = 0;  // where in cells_ the uppermost row is
    std::size_t first_touched_ = 0,
                last_touched_  = 0;  // rows; none are touched if the first is behind the last
};

}  // namespace pith::screen
