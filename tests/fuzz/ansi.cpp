// Fuzzes the console's way from bytes to screen and line: UTF-8, ANSI sequences, the layout of rows and columns, the text
// screen, the UART.
//
// The first byte of the input says in how large pieces the rest is written, and onto how many rows and columns. Pieces must
// make no difference. All of it goes onto a small page, where scrolling and erasing cost little; its beginning also onto the
// text screen, whose 2000 cells each line feed at its end moves.
#include "console/serial.hpp"
#include "console/text_screen.hpp"
#include "fake_devices.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace {

using pith::testing::FakeCrtController;
using pith::testing::FakeUart;
using pith::testing::Handle;
using Screen = pith::console::TextScreen<Handle<FakeCrtController>>;
using Uart   = pith::console::Uart16550<Handle<FakeUart>>;

using pith::console::Colour;
using pith::console::Style;
using pith::console::TextLayout;

constexpr std::size_t most_on_terminals = 256;

void demand(bool condition) {
    if (!condition) std::abort();
}

// What a layout has put where. Nothing may lie outside, and no style is of colours that there are not.
class Page final : pith::console::RowsAndColumns {
public:
    Page(std::size_t rows, std::size_t columns) : rows_{rows}, columns_{columns}, layout_{rows, columns} {}

    void write(std::string_view text) {
        layout_.write(text, *this);
        demand(layout_.row() < rows_ && layout_.column() < columns_);
    }
    // However it was left: what ends a line ends a sequence and a character, too, and then styles can be put back.
    void demand_plain_text_follows() {
        write("\n\x1b[0mX");
        demand(cells_.at(layout_.row() * columns_) == Cell{U'X', Style{}});
    }
    bool shows_the_same_as(Page const& other) const {
        return cells_ == other.cells_ && layout_.row() == other.layout_.row() &&
               layout_.column() == other.layout_.column();
    }

private:
    struct Cell {
        char32_t character = U' ';
        Style style;

        bool operator==(Cell const&) const = default;
    };

    void put(std::size_t row, std::size_t column, char32_t character, Style const& style) override {
        demand(row < rows_ && column < columns_);
        demand(style.foreground <= Colour::white && style.background <= Colour::white);
        cells_.at(row * columns_ + column) = {character, style};
    }
    void scroll() override {
        std::ranges::rotate(cells_, cells_.begin() + static_cast<std::ptrdiff_t>(columns_));
        std::ranges::fill(std::span{cells_}.last(columns_), Cell{});
    }

    std::size_t rows_, columns_;
    std::vector<Cell> cells_ = std::vector<Cell>(rows_ * columns_);
    TextLayout layout_;
};

// A screen and a serial line, and what arrives there.
class Terminal {
public:
    Terminal() { demand(screen_.start(Screen::VideoMemory{video_}) && uart_.start()); }

    void write(std::string_view text) {
        screen_.write(text);
        uart_.write(text);
        demand(controller_.cursor() < Screen::cells);
    }
    void demand_soundness() const {
        demand(!line_.has_overrun && uart_.lost() == 0);
        pith::Utf8Decoder decoder;
        std::size_t decoded = 0;
        for (char const character : line_.sent) {
            decoder.feed(static_cast<std::uint8_t>(character), [&](char32_t code_point) {
                std::string bytes;
                pith::encode_utf8(code_point,
                                  [&](std::uint8_t byte) { bytes.push_back(static_cast<char>(byte)); });
                demand(line_.sent.compare(decoded, bytes.size(), bytes) == 0);  // it was well-formed
                decoded += bytes.size();
            });
        }
        demand(decoded == line_.sent.size());
    }
    bool shows_the_same_as(Terminal const& other) const {
        return video_ == other.video_ && line_.sent == other.line_.sent &&
               controller_.cursor() == other.controller_.cursor();
    }

private:
    std::array<std::uint16_t, Screen::cells> video_{};
    FakeCrtController controller_;
    Screen screen_{{&controller_}};
    FakeUart line_;
    Uart uart_{{&line_}};
};

void write_in_pieces(auto& screen, std::string_view text, std::size_t size) {
    for (std::size_t start = 0; start < text.size(); start += size) screen.write(text.substr(start, size));
}

void try_pages(std::string_view text, std::uint8_t form) {
    constexpr std::size_t most_rows = 7;
    auto const rows = 1U + form % most_rows, columns = 1U + form / most_rows;
    Page whole{rows, columns}, pieces{rows, columns};
    whole.write(text);
    write_in_pieces(pieces, text, std::max<std::size_t>(form, 1));
    demand(pieces.shows_the_same_as(whole));
    whole.demand_plain_text_follows();
}

void try_terminals(std::string_view text, std::uint8_t form) {
    Terminal whole, pieces;
    whole.write(text);
    write_in_pieces(pieces, text, std::max<std::size_t>(form, 1));
    whole.demand_soundness();
    demand(pieces.shows_the_same_as(whole));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`, which may be looked at as characters.
#pragma clang unsafe_buffer_usage begin
    std::string_view const input{reinterpret_cast<char const*>(data), size};
#pragma clang unsafe_buffer_usage end
    if (input.empty()) return 0;
    auto const text = input.substr(1);
    auto const form = static_cast<std::uint8_t>(input.front());
    try_pages(text, form);
    try_terminals(text.substr(0, most_on_terminals), form);
    return 0;
}
