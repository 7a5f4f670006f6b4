// Fuzzes the console's way from bytes to screen and line: UTF-8, ANSI sequences, the text screen, the UART.
//
// The first byte of the input says in how large pieces the rest is written. Pieces must make no difference.
#include "console/serial.hpp"
#include "console/text_screen.hpp"
#include "fake_devices.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using pith::testing::FakeCrtController;
using pith::testing::FakeUart;
using pith::testing::Handle;
using Screen = pith::console::TextScreen<Handle<FakeCrtController>>;
using Uart   = pith::console::Uart16550<Handle<FakeUart>>;

void demand(bool condition) {
    if (!condition) std::abort();
}

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

void write_in_pieces(Terminal& terminal, std::string_view text, std::size_t size) {
    for (std::size_t start = 0; start < text.size(); start += size) terminal.write(text.substr(start, size));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`, which may be looked at as characters.
#pragma clang unsafe_buffer_usage begin
    std::string_view const input{reinterpret_cast<char const*>(data), size};
#pragma clang unsafe_buffer_usage end
    if (input.empty()) return 0;
    auto const text       = input.substr(1);
    auto const piece_size = std::max<std::size_t>(static_cast<std::uint8_t>(input.front()), 1);
    Terminal whole, pieces;
    whole.write(text);
    write_in_pieces(pieces, text, piece_size);
    whole.demand_soundness();
    demand(pieces.shows_the_same_as(whole));
    return 0;
}
