// The VGA text screen: 80 x 25 characters in memory at 0xb8000, two bytes each.
//
//      15   14        12   11        8   7            0
//    +-----+-------------+-------------+----------------+
//    |blink| background  | foreground  | character      |    of code page 437: ASCII where ASCII prints
//    +-----+-------------+-------------+----------------+
//
// Bit 15 makes the character blink, unless the hardware is told otherwise. So there are no bright
// backgrounds.
//
// Video memory is written, never read: reading it is slow on a real machine. Scrolling copies from an array
// of our own. The writes are volatile because nobody else in the program reads them: without it the compiler
// may find that they have no effect.
//
// Needs:     base (UTF-8), cpu (ports for the cursor).
// Promises:  every write stays inside the screen. What is not ASCII shows as a filled square.
// Reference: IBM, "VGA/XGA Technical Reference", "Alphanumeric Modes", "CRT Controller Registers"; ECMA-48
//            "CUU", "CUF", "CUB", "CUP", "ED".
#pragma once

#include "base/utf8.hpp"
#include "console/ansi.hpp"
#include "console/sink.hpp"
#include "cpu/port.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace pith::console {

// One character and its colours, as the hardware wants them.
class Cell {
public:
    constexpr Cell() = default;
    constexpr Cell(std::uint8_t character, Style const& style)
        : raw_{static_cast<std::uint16_t>(character | (attribute(style) << 8))} {}

    constexpr std::uint16_t raw() const { return raw_; }
    constexpr bool operator==(Cell const&) const = default;

private:
    // ECMA-48 counts colours with red in bit 0, VGA with blue there.
    static constexpr unsigned vga(Colour colour) {
        constexpr std::array<std::uint8_t, 8> numbers{0, 4, 2, 6, 1, 5, 3, 7};
        return numbers[static_cast<std::size_t>(colour)];
    }
    static constexpr unsigned attribute(Style const& style) {
        constexpr unsigned bright = 8;
        auto const foreground     = vga(style.is_reversed ? style.background : style.foreground);
        auto const background     = vga(style.is_reversed ? style.foreground : style.background);
        bool const is_bright =
            style.is_reversed ? style.is_background_bright : style.is_foreground_bright || style.is_bold;
        return foreground | (is_bright ? bright : 0) | (background << 4);
    }

    std::uint16_t raw_ = 0x0720;  // a blank, light grey on black
};

static_assert(sizeof(Cell) == 2);
static_assert(Cell{'A', Style{}}.raw() == 0x0741 && Cell{' ', Style{}} == Cell{});
static_assert(Cell{'E', Style{.background = Colour::red, .is_bold = true}}.raw() == 0x4f45);

template <cpu::ByteRegisters Registers>
class TextScreen final : public Sink {
public:
    static constexpr std::size_t columns = 80, rows = 25, cells = columns * rows;
    using VideoMemory = std::span<std::uint16_t volatile, cells>;

    // `controller` are the index and data register of the CRT controller.
    constexpr explicit TextScreen(Registers controller) : controller_{controller} {}

    // Clears the screen that `video` is the memory of. False if there is no such hardware.
    bool start(VideoMemory video) {
        if (!controller_answers()) return false;
        video_ = video;
        // The cursor's shape, from line 13 to 15, switched on (firmware may have switched it off).
        write_controller(cursor_start, 13);
        write_controller(cursor_end, 15);
        for (std::size_t row = 0; row < rows; ++row) fill_row(row);
        move_hardware_cursor();
        return true;
    }

    void write(std::string_view text) override {
        for (char const character : text) {
            utf8_.feed(static_cast<std::uint8_t>(character), [this](char32_t code_point) {
                ansi_.feed(
                    code_point, [this](char32_t shown) { put(shown); },
                    [this](ControlSequence const& sequence) { move(sequence); });
            });
        }
        move_hardware_cursor();
    }

private:
    enum : std::uint8_t { cursor_start = 0x0a, cursor_end = 0x0b, cursor_high = 0x0e, cursor_low = 0x0f };
    static constexpr std::uint8_t filled_square = 0xfe;
    static constexpr std::size_t tab_width      = 8;

    // A register that exists gives back what was written to it.
    bool controller_answers() {
        for (std::uint8_t const sample : {std::uint8_t{0x5a}, std::uint8_t{0xa5}}) {
            write_controller(cursor_low, sample);
            if (controller_.read(1) != sample) return false;
        }
        return true;
    }
    void write_controller(std::uint8_t index, std::uint8_t value) {
        controller_.write(0, index);
        controller_.write(1, value);
    }
    void move_hardware_cursor() {
        auto const position = row_ * columns + (column_ < columns ? column_ : columns - 1);
        write_controller(cursor_high, static_cast<std::uint8_t>(position >> 8));
        write_controller(cursor_low, static_cast<std::uint8_t>(position));
    }

    void put(char32_t character) {
        switch (character) {
            case U'\n': return new_line();
            case U'\r': column_ = 0; return;
            case U'\b': column_ -= column_ > 0 ? 1 : 0; return;
            case U'\t':
                do put(U' ');
                while (column_ % tab_width != 0);
                return;
            default: break;
        }
        // Only now, so that a line of exactly 80 characters is followed by no empty one.
        if (column_ == columns) new_line();
        auto const is_ascii = character >= 0x20 && character < 0x7f;
        set(row_, column_++,
            Cell{is_ascii ? static_cast<std::uint8_t>(character) : filled_square, ansi_.style()});
    }
    // The cursor's movements and the erasing that a line editor needs; what else there is, is ignored. (What
    // is left out counts as 1, and no movement leaves the screen.)
    void move(ControlSequence const& sequence) {
        auto const count  = std::max<std::size_t>(sequence.parameter(0), 1);
        auto const column = std::min(column_, columns - 1);
        switch (sequence.final()) {
            case U'A': row_ -= std::min(row_, count); return;
            case U'C': column_ = std::min(column + count, columns - 1); return;
            case U'D': column_ = column - std::min(column, count); return;
            case U'H':
                row_    = std::min(count, rows) - 1;
                column_ = std::min<std::size_t>(std::max<std::size_t>(sequence.parameter(1), 1), columns) - 1;
                return;
            case U'J': return erase(sequence.parameter(0));
            default:   return;
        }
    }
    // 0: from the cursor to the end; 2: all.
    void erase(std::uint16_t what) {
        if (what != 0 && what != 2) return;
        auto const first = what == 0 ? row_ * columns + column_ : 0;
        for (auto index = first; index < cells; ++index) set(index / columns, index % columns, Cell{});
    }
    void new_line() {
        column_ = 0;
        if (row_ + 1 < rows) {
            ++row_;
        } else {
            scroll();
        }
    }
    void scroll() {
        for (std::size_t row = 1; row < rows; ++row) {
            for (std::size_t column = 0; column < columns; ++column) {
                set(row - 1, column, shadow_[row * columns + column]);
            }
        }
        fill_row(rows - 1);
    }
    void fill_row(std::size_t row) {
        for (std::size_t column = 0; column < columns; ++column) set(row, column, Cell{});
    }
    void set(std::size_t row, std::size_t column, Cell cell) {
        auto const index = row * columns + column;
        shadow_[index]   = cell;
        video_[index]    = cell.raw();
    }

    std::span<std::uint16_t volatile> video_;  // empty before the start
    Registers controller_;
    std::array<Cell, cells> shadow_{};
    Utf8Decoder utf8_;
    AnsiDecoder ansi_;
    std::size_t row_ = 0, column_ = 0;  // column_ == columns: the next character begins a line
};

}  // namespace pith::console
