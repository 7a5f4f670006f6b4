// What is drawn on, and what is to be drawn.
#pragma once

#include "screen/cell_screen.hpp"

#include <span>
#include <vector>

// An array in place of video memory. It can be written to, and looks where.
class Video {
public:
    explicit Video(std::size_t size) : bytes_(size, never_written) {}

    void write(std::uint64_t offset, std::span<std::byte const> pixels) {
        if (offset > bytes_.size() || pixels.size() > bytes_.size() - offset) {
            was_left_ = true;
            return;
        }
        std::ranges::copy(pixels, std::span{bytes_}.subspan(offset).begin());
    }

    static constexpr std::byte never_written{0xee};
    std::vector<std::byte> const& bytes() const { return bytes_; }
    bool was_left() const { return was_left_; }

private:
    std::vector<std::byte> bytes_;
    bool was_left_ = false;
};

// Draws a glyph with its upper left corner at the pixel (left, top), each of its pixels as a square of
// `scale` times `scale`: in `ink` where the glyph has one, in `paper` elsewhere. What lies beyond the right
// or the lower edge is left out; what lies between two lines of pixels is not touched.
void draw_large(Video& video, pith::screen::Picture const& picture, pith::screen::Font const& font,
                pith::screen::Font::Glyph glyph, std::uint32_t left, std::uint32_t top, std::uint32_t scale,
                pith::screen::Rgb ink, pith::screen::Rgb paper);
