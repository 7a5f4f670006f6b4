// One line of pixels after the other: it is put together in normal memory, and written in one piece.
#include "exercise.hpp"

using namespace pith::screen;

namespace {

void append_pixel(std::vector<std::byte>& line, std::uint32_t value, std::size_t bytes) {
    for (std::size_t index = 0; index < bytes; ++index, value >>= 8)
        line.push_back(static_cast<std::byte>(value));
}

}  // namespace

void draw_large(Video& video, Picture const& picture, Font const& font, Font::Glyph glyph, std::uint32_t left,
                std::uint32_t top, std::uint32_t scale, Rgb ink, Rgb paper) {
    if (left >= picture.width || top >= picture.height) return;
    auto const width  = std::min(font.width() * scale, picture.width - left);
    auto const height = std::min(font.height() * scale, picture.height - top);
    auto const bytes  = picture.format.bytes();
    for (std::uint32_t y = 0; y < height; ++y) {
        auto const row = font.row(glyph, y / scale);
        std::vector<std::byte> line;
        for (std::uint32_t x = 0; x < width; ++x) {
            bool const is_ink = (row << (x / scale) >> 31) != 0;
            append_pixel(line, picture.format.pixel(is_ink ? ink : paper), bytes);
        }
        video.write(std::uint64_t{top + y} * picture.pitch + left * bytes, line);
    }
}
