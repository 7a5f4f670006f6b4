// Fuzzes the font reader: any file is refused, or every glyph and every character of it can be had. Then text
// is drawn with it: the file's end, where its table of characters is.
#include "screen/cell_screen.hpp"

#include <cstdlib>

namespace {

constexpr std::size_t most_drawn = 512;

void demand(bool condition) {
    if (!condition) std::abort();
}

// A framebuffer of just this size: a write beside it is seen.
struct Video {
    std::span<std::byte> bytes;

    void write(std::uint64_t offset, std::span<std::byte const> pixels) const {
        std::ranges::copy(pixels, bytes.subspan(static_cast<std::size_t>(offset), pixels.size()).begin());
    }
};

void draw(pith::screen::Font font, std::string_view text) {
    constexpr std::uint32_t width = 100, height = 70, pitch = width * 3;
    pith::boot::Framebuffer const left{.address        = pith::PhysAddr{0},
                                       .pitch          = pitch,
                                       .width          = width,
                                       .height         = height,
                                       .bits_per_pixel = 24,
                                       .kind           = pith::boot::Framebuffer::Kind::rgb,
                                       .red            = {16, 8},
                                       .green          = {8, 8},
                                       .blue           = {0, 8}};
    std::vector<std::byte> bytes(std::size_t{pitch} * height);
    pith::screen::Picture const picture{
        .pitch = pitch, .width = width, .height = height, .format = *pith::screen::PixelFormat::of(left)};
    demand(pith::screen::CellScreen<Video>::fits(picture, font));
    pith::screen::CellScreen<Video> screen{Video{bytes}, picture, std::move(font)};
    screen.write(text);
}

void look_at(pith::screen::Font const& font, std::uint32_t glyph) {
    auto const beyond = font.width() == 32 ? 0 : 0xffff'ffffU >> ((font.width() + 7) / 8 * 8 - 1) >> 1;
    for (std::uint32_t row = 0; row < font.height(); ++row)
        demand((font.row(static_cast<pith::screen::Font::Glyph>(glyph), row) & beyond) == 0);
}

// All glyphs of a real font; of more, so many at equal distances, and the last.
void look_at(pith::screen::Font const& font) {
    constexpr std::uint32_t most  = 512;
    constexpr char32_t characters = 0x300;
    for (std::uint32_t glyph = 0; glyph < font.glyph_count(); glyph += (font.glyph_count() + most - 1) / most)
        look_at(font, glyph);
    look_at(font, font.glyph_count() - 1);
    for (char32_t character = 0; character < characters; ++character)
        demand(font.glyph_of(character) < font.glyph_count());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
#pragma clang unsafe_buffer_usage begin
    // SAFETY: because libFuzzer promises `size` bytes at `data`, which may be looked at as characters.
    auto const input = std::as_bytes(std::span{data, size});
    std::string_view const text{reinterpret_cast<char const*>(data), size};
#pragma clang unsafe_buffer_usage end
    // A copy of just this size: a read behind its end is seen.
    std::vector<std::byte> const bytes{input.begin(), input.end()};
    auto font = pith::screen::Font::read(bytes);
    if (!font) return explain(font.error()).empty() ? 1 : 0;
    look_at(*font);
    draw(*std::move(font), text.substr(size - std::min(size, most_drawn)));
    return 0;
}
