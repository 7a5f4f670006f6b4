#include "screen/font.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace pith::screen {
namespace {

using FormResult = std::expected<Font::Form, FontError>;

constexpr std::array magic_1{std::byte{0x36}, std::byte{0x04}};
constexpr std::array magic_2{std::byte{0x72}, std::byte{0xb5}, std::byte{0x4a}, std::byte{0x86}};

bool begins_with(Bytes file, Bytes magic) {
    auto const start = slice(file, 0, magic.size());
    return start && std::ranges::equal(*start, magic);
}

FormResult read_form_1(Bytes file) {
    constexpr std::uint8_t has_512 = 1, has_table = 2, has_sequences = 4, header_size = 4;
    auto const mode   = load<std::uint8_t>(file, 2);
    auto const height = load<std::uint8_t>(file, 3);
    if (!mode || !height) return std::unexpected{FontError::too_short};
    if ((*mode & ~(has_512 | has_table | has_sequences)) != 0)
        return std::unexpected{FontError::unknown_version};
    return Font::Form{.width         = 8,
                      .height        = *height,
                      .count         = (*mode & has_512) != 0 ? 512U : 256,
                      .glyph_bytes   = *height,
                      .glyphs_start  = header_size,
                      .has_table     = (*mode & (has_table | has_sequences)) != 0,
                      .table_is_utf8 = false};
}

// #region header
FormResult read_form_2(Bytes file) {
    struct Header {
        std::uint32_t magic, version, size, flags, count, glyph_bytes, height, width;
    };
    constexpr std::uint32_t has_table = 1;
    auto const header                 = load<Header>(file, 0);
    if (!header || header->size < sizeof(Header)) return std::unexpected{FontError::too_short};
    if (header->version != 0 || (header->flags & ~has_table) != 0)
        return std::unexpected{FontError::unknown_version};
    return Font::Form{.width         = header->width,
                      .height        = header->height,
                      .count         = header->count,
                      .glyph_bytes   = header->glyph_bytes,
                      .glyphs_start  = header->size,
                      .has_table     = (header->flags & has_table) != 0,
                      .table_is_utf8 = true};
}
// #endregion header

FormResult read_form(Bytes file) {
    if (begins_with(file, magic_1)) return read_form_1(file);
    if (begins_with(file, magic_2)) return read_form_2(file);
    return std::unexpected{FontError::unknown_format};
}

// #region sound
bool has_sound_size(Font::Form const& form) {
    return 1 <= form.width && form.width <= Font::max_width && 1 <= form.height &&
           form.height <= Font::max_height && 1 <= form.count && form.count <= Font::max_glyphs &&
           form.glyph_bytes == form.height * form.row_bytes();
}
// #endregion sound

// ---- The table ----------------------------------------------------------------------------------------

// What stands in the table: a character, or one of two marks.
constexpr char32_t end_of_glyph = 0x11'0000, start_of_sequence = 0x11'0001;

// Takes what is first in `table`.
using Taken = std::expected<char32_t, FontError>;

Taken take_utf16(Bytes& table) {
    auto const unit = load<std::uint16_t>(table, 0);
    if (!unit) return std::unexpected{FontError::table_cut_off};
    table = table.subspan(sizeof *unit);
    if (*unit == 0xffff) return end_of_glyph;
    if (*unit == 0xfffe) return start_of_sequence;
    if (0xd800 <= *unit && *unit <= 0xdfff) return std::unexpected{FontError::wrong_character};
    return char32_t{*unit};
}

Taken take_utf8(Bytes& table) {
    if (table.empty()) return std::unexpected{FontError::table_cut_off};
    auto const first = table.front();
    if (first == std::byte{0xff} || first == std::byte{0xfe}) {
        table = table.subspan(1);
        return first == std::byte{0xff} ? end_of_glyph : start_of_sequence;
    }
    Utf8Decoder decoder;
    std::optional<char32_t> character;
    std::size_t used = 0;
    while (used < table.size() && !character)
        decoder.feed(static_cast<std::uint8_t>(table[used++]), [&](char32_t found) { character = found; });
    if (!character) return std::unexpected{FontError::table_cut_off};
    // What is malformed decodes as U+FFFD, and was not written as such.
    std::size_t length = 0;
    bool is_the_same   = true;
    encode_utf8(*character, [&](std::uint8_t byte) {
        is_the_same = is_the_same && length < used && table[length] == std::byte{byte};
        ++length;
    });
    if (!is_the_same || length != used) return std::unexpected{FontError::wrong_character};
    table = table.subspan(used);
    return *character;
}

}  // namespace

std::string_view explain(FontError error) {
    switch (error) {
        case FontError::unknown_format:  return "it is not a PC Screen Font";
        case FontError::unknown_version: return "it has a version or a flag that is not known";
        case FontError::wrong_size:      return "its glyphs have no size that can be drawn";
        case FontError::too_short:       return "its header or its glyphs go beyond its end";
        case FontError::table_cut_off:   return "its table of characters is cut off";
        case FontError::wrong_character: return "its table of characters has something else";
    }
    return "unknown";
}

// #region read
std::expected<Font, FontError> Font::read(Bytes file) {
    auto const form = read_form(file);
    if (!form) return std::unexpected{form.error()};
    if (!has_sound_size(*form)) return std::unexpected{FontError::wrong_size};
    auto const size   = std::uint64_t{form->count} * form->glyph_bytes;
    auto const glyphs = slice(file, form->glyphs_start, size);
    if (!glyphs) return std::unexpected{FontError::too_short};
    Font font{*form, *glyphs};
    if (auto const read = font.read_table(file.subspan(form->glyphs_start + glyphs->size())); !read)
        return std::unexpected{read.error()};
    font.choose_stand_in();
    return font;
}
// #endregion read

// Without a table a glyph's number is its character. Sequences are left out: what combines is not drawn.
std::expected<void, FontError> Font::read_table(Bytes table) {
    for (std::uint32_t glyph = 0; glyph < form_.count; ++glyph) {
        if (!form_.has_table) {
            add(char32_t{glyph}, glyph);
            continue;
        }
        bool is_in_sequence = false;
        for (;;) {
            auto const taken = form_.table_is_utf8 ? take_utf8(table) : take_utf16(table);
            if (!taken) return std::unexpected{taken.error()};
            if (*taken == end_of_glyph) break;
            is_in_sequence = is_in_sequence || *taken == start_of_sequence;
            if (!is_in_sequence) add(*taken, glyph);
        }
    }
    return {};
}

// Where two glyphs want one character, the first has it.
void Font::add(char32_t character, std::uint32_t glyph) {
    auto const place = std::ranges::upper_bound(shown_, character, {}, &Shown::character);
    shown_.insert(place, {character, static_cast<Glyph>(glyph)});
}

void Font::choose_stand_in() {
    for (char32_t const stand_in : {replacement_character, U'?'}) {
        if (auto const* const shown = find(stand_in)) {
            missing_ = shown->glyph;
            return;
        }
    }
}

Font::Shown const* Font::find(char32_t character) const {
    auto const found = std::ranges::lower_bound(shown_, character, {}, &Shown::character);
    return found != shown_.end() && found->character == character ? &*found : nullptr;
}

Font::Glyph Font::glyph_of(char32_t character) const {
    auto const* const shown = find(character);
    return shown != nullptr ? shown->glyph : missing_;
}

}  // namespace pith::screen
