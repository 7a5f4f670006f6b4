// Text as code points, one cell of the screen each.
//
// Needs:     base (UTF-8).
#pragma once

#include "base/utf8.hpp"

#include <string>
#include <string_view>

namespace pith::input {

// Malformed bytes become U+FFFD.
inline std::u32string decode(std::string_view bytes) {
    Utf8Decoder decoder;
    std::u32string text;
    auto const add = [&](char32_t character) { text.push_back(character); };
    for (char const byte : bytes) decoder.feed(static_cast<std::uint8_t>(byte), add);
    if (!decoder.is_idle()) add(replacement_character);
    return text;
}

inline void append_utf8(std::string& bytes, char32_t character) {
    encode_utf8(character, [&](std::uint8_t byte) { bytes.push_back(static_cast<char>(byte)); });
}

inline std::string encode(std::u32string_view text) {
    std::string bytes;
    for (char32_t const character : text) append_utf8(bytes, character);
    return bytes;
}

// What a line editor shows for a character. Only what surely takes one cell shows as it is: with anything
// else nobody could say where the cursor stands (combining marks take none, Chinese takes two, emoji it
// depends).
constexpr char32_t shown_as(char32_t character) {
    struct Range {
        char32_t first, last;
    };
    constexpr Range one_cell_wide[] = {
        {0x20, 0x7e},     {0xa0, 0xac},     {0xae, 0x2ff},  // Latin, without the soft hyphen
        {0x370, 0x377},   {0x37b, 0x37f},   {0x384, 0x3ff},
        {0x400, 0x482},  // Greek and Cyrillic
        {0x48a, 0x52f},   {0x1e00, 0x1eff}, {0x2010, 0x2027},
        {0x2030, 0x205e},  // more Latin, punctuation
        {0x20a0, 0x20bf}, {0x2190, 0x2199}, {0x2200, 0x22ff},
        {0x2500, 0x25f7},  // currencies, arrows, signs, boxes
    };
    for (auto const& range : one_cell_wide) {
        if (character >= range.first && character <= range.last) return character;
    }
    return replacement_character;
}

}  // namespace pith::input
