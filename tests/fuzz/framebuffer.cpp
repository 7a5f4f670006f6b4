// Fuzzes the description of a framebuffer, from the boot loader's record to the pixels: it is refused, or text can be
// drawn there, and nothing is written beside it.
//
//   +0   the record behind its type and size: 24 bytes, then the colours' 6     +30  text that is drawn
#include "boot/multiboot2.hpp"
#include "boot_information.hpp"
#include "fonts.hpp"
#include "handoff_text.hpp"
#include "screen/cell_screen.hpp"

#include <cstdlib>

namespace {

using pith::Bytes;
using pith::boot::Framebuffer;
using namespace pith::screen;

constexpr std::size_t record_size = 30;
// What is larger than this is not drawn in: that would take the fuzzer's time, and shows nothing new.
constexpr std::uint64_t most_bytes = 1 << 15, most_lines = 512;

void demand(bool condition) {
    if (!condition) std::abort();
}

// The framebuffer's memory: what is written must lie in it, and in one line of it.
struct Video {
    Framebuffer left;

    void write(std::uint64_t offset, std::span<std::byte const> pixels) const {
        demand(offset <= left.memory().size() && pixels.size() <= left.memory().size() - offset);
        demand(offset % left.pitch + pixels.size() <= left.pitch);
    }
};

pith::testing::Memory information_with(Bytes record) {
    return pith::testing::Multiboot2Information{}
        .memory_map({{.start = 0, .size = 0x8000'0000, .kind = pith::boot::MemoryKind::usable}})
        .record(8, record)
        .end()
        .memory();
}

void demand_colours(PixelFormat const& format, Framebuffer const& left) {
    auto const black = format.pixel({0, 0, 0}), white = format.pixel({0xff, 0xff, 0xff});
    auto const bits = left.red.size + left.green.size + left.blue.size;
    demand(black == 0 && std::popcount(white) == bits);
    demand(format.bytes() >= 1 && format.bytes() <= 4 && (white >> 1) >> (8 * format.bytes() - 1) == 0);
}

void draw(Framebuffer const& left, std::string_view text) {
    auto const format = PixelFormat::of(left);
    if (!format) return demand(!explain(format.error()).empty());
    demand_colours(*format, left);
    auto const file = pith::testing::font_1();
    auto font       = *Font::read(file.bytes);
    Picture const picture{.pitch = left.pitch, .width = left.width, .height = left.height, .format = *format};
    if (!CellScreen<Video>::fits(picture, font) || left.memory().size() > most_bytes ||
        left.height > most_lines)
        return;
    CellScreen<Video> screen{Video{left}, picture, std::move(font)};
    demand(screen.columns() > 0 && screen.rows() > 0);
    screen.write(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
#pragma clang unsafe_buffer_usage begin
    // SAFETY: because libFuzzer promises `size` bytes at `data`, which may be looked at as characters.
    auto const input = std::as_bytes(std::span{data, size});
    std::string_view const text{reinterpret_cast<char const*>(data), size};
#pragma clang unsafe_buffer_usage end
    auto const memory = information_with(input.first(std::min(size, record_size)));
    auto const result = pith::boot::read_multiboot2(pith::PhysAddr{memory.information}, memory.window());
    demand(!pith::testing::HandoffText::of(result).empty());
    if (result && result->framebuffer) draw(*result->framebuffer, text.substr(std::min(size, record_size)));
    return 0;
}
