// How a colour is written as a pixel: 1 to 4 bytes, with the three colours anywhere in them.
//
// Needs:     boot (the framebuffer's description).
// Promises:  a format that `of` gives is one that can be drawn in.
// Reference: Multiboot2 Specification, "Framebuffer info".
#pragma once

#include "boot/handoff.hpp"
#include "console/ansi.hpp"

#include <array>
#include <expected>

namespace pith::screen {

struct Rgb {
    std::uint8_t red, green, blue;

    constexpr bool operator==(Rgb const&) const = default;
};

enum class FormatError : std::uint8_t {
    not_pixels,      // the loader left a text screen
    indexed,         // a pixel is a number in a palette
    too_deep,        // a pixel of more than 32 bits
    no_colour,       // a colour has no bits
    fields_overlap,  // two colours share a bit, or one is outside the pixel
};

std::string_view explain(FormatError error);

class PixelFormat {
public:
    static std::expected<PixelFormat, FormatError> of(boot::Framebuffer const& framebuffer);

    constexpr std::size_t bytes() const { return bytes_; }

    // #region pixel
    // The pixel's value; its lowest byte comes first in memory.
    constexpr std::uint32_t pixel(Rgb colour) const {
        return place(colour.red, red_) | place(colour.green, green_) | place(colour.blue, blue_);
    }
    // #endregion pixel

private:
    constexpr PixelFormat(std::size_t bytes, boot::ColourField red, boot::ColourField green,
                          boot::ColourField blue)
        : bytes_{bytes}, red_{red}, green_{green}, blue_{blue} {}

    // #region place
    // The highest bits of the colour; where there is room for more than 8, they repeat: white stays white.
    static constexpr std::uint32_t place(std::uint8_t colour, boot::ColourField field) {
        constexpr std::uint64_t all_bytes = 0x0101'0101;
        auto const bits                   = colour * all_bytes >> (32 - field.size);
        return static_cast<std::uint32_t>(bits << field.position);
    }
    // #endregion place

    std::size_t bytes_;
    boot::ColourField red_, green_, blue_;
};

// The sixteen colours of a terminal: the eight of ECMA-48, then the same brighter.
inline constexpr std::array<Rgb, 16> palette{
    Rgb{0x00, 0x00, 0x00}, Rgb{0xcc, 0x24, 0x1d}, Rgb{0x4e, 0x9a, 0x06}, Rgb{0xc4, 0xa0, 0x00},
    Rgb{0x34, 0x65, 0xa4}, Rgb{0x9a, 0x5a, 0xa0}, Rgb{0x06, 0x98, 0x9a}, Rgb{0xd3, 0xd7, 0xcf},
    Rgb{0x55, 0x57, 0x53}, Rgb{0xf0, 0x44, 0x3a}, Rgb{0x8a, 0xe2, 0x34}, Rgb{0xfc, 0xe9, 0x4f},
    Rgb{0x72, 0x9f, 0xcf}, Rgb{0xc8, 0x8f, 0xcc}, Rgb{0x34, 0xe2, 0xe2}, Rgb{0xff, 0xff, 0xff},
};

}  // namespace pith::screen
