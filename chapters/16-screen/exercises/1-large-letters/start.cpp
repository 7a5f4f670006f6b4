// Exercise 16.1: letters of any size. This draws one pixel, and only where a pixel has four bytes.
#include "exercise.hpp"

using namespace pith::screen;

void draw_large(Video& video, Picture const& picture, Font const&, Font::Glyph, std::uint32_t left,
                std::uint32_t top, std::uint32_t, Rgb ink, Rgb) {
    auto const pixel = picture.format.pixel(ink);
    video.write(std::uint64_t{top} * picture.pitch + left * 4, std::as_bytes(std::span{&pixel, 1}));
}
