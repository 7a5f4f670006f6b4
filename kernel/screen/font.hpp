// A console font: a picture for each character, read from a PC Screen Font file (PSF).
//
//     version 1   36 04, mode, bytes a glyph; always 8 pixels wide, and 256 glyphs or 512
//     version 2   72 b5 4a 86, version, header size, flags, glyphs, bytes a glyph, height, width
//     then        the glyphs: row by row, a row in whole bytes, the leftmost pixel in the highest bit
//     then        a table: for each glyph the characters that it stands for (UTF-16 in version 1, UTF-8 in 2)
//
// Needs:     base (bytes, UTF-8).
// Promises:  whatever bytes come: a font whose every glyph can be had, or an error.
// Reference: kbd, "Font file formats" (docs/references.md).
#pragma once

#include "base/bytes.hpp"

#include <expected>
#include <vector>

namespace pith::screen {

enum class FontError : std::uint8_t {
    unknown_format,   // neither of the two magic numbers
    unknown_version,  // a version or a flag that nobody has defined
    wrong_size,       // a glyph has no pixels, or more than we draw, or other bytes than its pixels need
    too_short,        // the header or the glyphs go beyond the end
    table_cut_off,    // the table ends before the last glyph's characters do
    wrong_character,  // the table has something that is no character
};

std::string_view explain(FontError error);

class Font {
public:
    static constexpr std::uint32_t max_width = 32, max_height = 64, max_glyphs = 0x1'0000;

    using Glyph = std::uint16_t;

    // Reads the file, which must stay where it is. Which glyph is whose goes onto the heap.
    static std::expected<Font, FontError> read(Bytes file);

    std::uint32_t width() const { return form_.width; }
    std::uint32_t height() const { return form_.height; }
    std::uint32_t glyph_count() const { return form_.count; }

    // The glyph of a character. One that the font does not have gets what stands for U+FFFD, or for '?'.
    Glyph glyph_of(char32_t character) const;

    // #region row
    // A row of a glyph, the leftmost pixel in bit 31.
    std::uint32_t row(Glyph glyph, std::uint32_t number) const {
        auto const bytes = form_.row_bytes();
        auto const start = std::size_t{glyph} * form_.glyph_bytes + std::size_t{number} * bytes;
        auto row         = static_cast<std::uint32_t>(glyphs_[start]) << 24;
        for (std::size_t index = 1; index < bytes; ++index) [[unlikely]]
            row |= static_cast<std::uint32_t>(glyphs_[start + index]) << (24 - 8 * index);
        return row;
    }
    // #endregion row

    // What the header says.
    struct Form {
        std::uint32_t width, height, count, glyph_bytes, glyphs_start;
        bool has_table, table_is_utf8;

        std::uint32_t row_bytes() const { return (width + 7) / 8; }
    };

private:
    struct Shown {
        char32_t character;
        Glyph glyph;
    };

    Font(Form const& form, Bytes glyphs) : form_{form}, glyphs_{glyphs} {}

    std::expected<void, FontError> read_table(Bytes table);
    Shown const* find(char32_t character) const;
    void add(char32_t character, std::uint32_t glyph);
    void choose_stand_in();

    Form form_;
    Bytes glyphs_;
    std::vector<Shown> shown_;  // sorted by character
    Glyph missing_ = 0;
};

}  // namespace pith::screen
