// Small fonts for tests, as files.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pith::testing {

class FontFile {
public:
    FontFile& byte(unsigned value) {
        bytes.push_back(static_cast<std::byte>(value));
        return *this;
    }
    FontFile& word(std::uint32_t value) {
        for (unsigned shift = 0; shift < 32; shift += 8) byte(value >> shift & 0xff);
        return *this;
    }
    FontFile& half(unsigned value) { return byte(value & 0xff).byte(value >> 8 & 0xff); }
    FontFile& text(std::string_view characters) {
        for (char const character : characters) byte(static_cast<unsigned char>(character));
        return *this;
    }

    std::vector<std::byte> bytes;
};

// Version 1: 256 glyphs of 8 x 2; glyph n has the rows n and 255 - n.
inline FontFile font_1(unsigned mode = 0) {
    FontFile file;
    file.byte(0x36).byte(0x04).byte(mode).byte(2);
    for (unsigned glyph = 0; glyph < 256; ++glyph) file.byte(glyph).byte(255 - glyph);
    return file;
}

struct Header2 {
    std::uint32_t version = 0, size = 32, flags = 1, count = 4, glyph_bytes = 4, height = 2, width = 10;
};

// Version 2: four glyphs of 10 x 2: blank, a bar at the left, one at the right, all set; no table.
inline FontFile glyphs_2(Header2 const& header = {}) {
    FontFile file;
    file.byte(0x72)
        .byte(0xb5)
        .byte(0x4a)
        .byte(0x86)
        .word(header.version)
        .word(header.size)
        .word(header.flags);
    file.word(header.count).word(header.glyph_bytes).word(header.height).word(header.width);
    for (unsigned const row : {0x0000U, 0x8000U, 0x0040U, 0xffc0U})
        file.byte(row >> 8).byte(row & 0xff).byte(row >> 8).byte(row & 0xff);
    return file;
}

// The same with a table: the blank; '|' and what looks like it; 'x', and 'x' with an accent as a sequence;
// U+FFFD.
inline FontFile font_2() {
    return glyphs_2()
        .text(" \xff")
        .text("|\xe2\x94\x82\xff")
        .text("x\xfex\xcc\x81\xff")
        .text("\xef\xbf\xbd\xff");
}

}  // namespace pith::testing
