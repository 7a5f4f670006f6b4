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
// Needs:     text_layout, cpu (ports for the cursor).
// Promises:  every write stays inside the screen. What is not ASCII shows as a filled square.
// Reference: IBM, "VGA/XGA Technical Reference", "Alphanumeric Modes", "CRT Controller Registers".
#pragma once

#include "console/sink.hpp"
#include "console/text_layout.hpp"
#include "cpu/port.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace pith::console {

// #region cell
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
// #endregion cell

static_assert(sizeof(Cell) == 2);
static_assert(Cell{'A', Style{}}.raw() == 0x0741 && Cell{' ', Style{}} == Cell{});
static_assert(Cell{'E', Style{.background = Colour::red, .is_bold = true}}.raw() == 0x4f45);

template <cpu::ByteRegisters Registers>
class TextScreen final : public Sink, RowsAndColumns {
public:
    static constexpr std::size_t columns = 80, rows = 25, cells = columns * rows;
    using VideoMemory = std::span<std::uint16_t volatile, cells>;

    // `controller` are the index and data register of the CRT controller.
    constexpr explicit TextScreen(Registers controller) : controller_{controller} {}

    // #region start
    // Clears the screen that `video` is the memory of. False if there is no such hardware.
    bool start(VideoMemory video) {
        if (!controller_answers()) return false;
        video_ = video;
        // The cursor's shape, from line 13 to 15, switched on (firmware may have switched it off).
        write_controller(cursor_start, 13);
        write_controller(cursor_end, 15);
// Eight in a turn of the loop: this is much of what runs before the kernel's first line.
#pragma clang loop unroll_count(8)
        for (auto& cell : video) cell = Cell{}.raw();
        move_hardware_cursor();
        return true;
    }
    // #endregion start

    void write(std::string_view text) override {
        layout_.write(text, *this);
        move_hardware_cursor();
    }

private:
    enum : std::uint8_t { cursor_start = 0x0a, cursor_end = 0x0b, cursor_high = 0x0e, cursor_low = 0x0f };
    static constexpr std::uint8_t filled_square = 0xfe;

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
        auto const position = layout_.row() * columns + layout_.column();
        write_controller(cursor_high, static_cast<std::uint8_t>(position >> 8));
        write_controller(cursor_low, static_cast<std::uint8_t>(position));
    }

    // #region put
    void put(std::size_t row, std::size_t column, char32_t character, Style const& style) override {
        auto const is_ascii = character >= 0x20 && character < 0x7f;
        set(row, column, Cell{is_ascii ? static_cast<std::uint8_t>(character) : filled_square, style});
    }
    void scroll() override {
        std::ranges::copy(std::span{shadow_}.template subspan<columns>(), shadow_.begin());
        std::ranges::fill(std::span{shadow_}.template last<columns>(), Cell{});
        std::ranges::transform(shadow_, video_.template first<cells>().begin(), &Cell::raw);
    }
    void set(std::size_t row, std::size_t column, Cell cell) {
        auto const index = row * columns + column;
        shadow_[index]   = cell;
        video_[index]    = cell.raw();
    }
    // #endregion put

    std::span<std::uint16_t volatile> video_;  // empty before the start
    Registers controller_;
    std::array<Cell, cells> shadow_{};
    TextLayout layout_{rows, columns};
};

}  // namespace pith::console
