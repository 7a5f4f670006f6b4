// Keyboard layouts: which character a key gives. They are data; one more is one entry in layouts.cpp.
//
// A level of a layout is a text of 48 characters, in the order in which the keys lie:
//
//    ` 1 2 3 4 5 6 7 8 9 0 - =
//      q w e r t y u i o p [ ]
//      a s d f g h j k l ; ' and the key right of it, or above (backslash in the US)
//    the key left of z (not in the US), z x c v b n m , . /
//
// A space says that there is nothing. A combining character says that the key is dead: it waits for a letter.
//
// Needs:     scancode (key codes).
// Reference: QEMU's keymaps (package qemu-system-data), which are made from xkeyboard-config; but of the
//            third level only what is printed on keyboards.
#pragma once

#include "input/scancode.hpp"

#include <array>
#include <span>
#include <string_view>

namespace pith::input {

enum class Level : std::uint8_t { plain, shifted, third };  // third: with AltGr

struct Layout {
    static constexpr std::size_t keys = 48;

    std::string_view name;         // as a person types it
    std::string_view description;  // as a list shows it
    char32_t keypad_point = U'.';
    std::array<std::u32string_view, 3> levels;

    // The character of a key; nothing if it gives none there.
    std::optional<char32_t> character(KeyCode code, Level level) const;
    // Whether the right alt key is AltGr.
    bool has_third_level() const;
};

std::span<Layout const> layouts();
Layout const* find_layout(std::string_view name);  // null if there is none of that name

// A combining character, as dead keys give it: U+0300 to U+036F.
constexpr bool is_dead(char32_t character) { return character >= 0x300 && character < 0x370; }

// The character that an accent and a letter make; an accent with a space, or with itself, stands alone.
// Nothing if there is no such character.
std::optional<char32_t> compose(char32_t accent, char32_t base);
// The accent standing alone.
char32_t spacing_form(char32_t accent);

// The capital of a letter of Latin-1, and the way back; other characters stay as they are.
constexpr char32_t capital(char32_t letter) {
    bool const is_small =
        (letter >= U'a' && letter <= U'z') || (letter >= U'à' && letter <= U'þ' && letter != U'÷');
    return is_small ? letter - 0x20 : letter == U'ÿ' ? U'Ÿ' : letter;
}
constexpr char32_t small(char32_t letter) {
    bool const is_capital =
        (letter >= U'A' && letter <= U'Z') || (letter >= U'À' && letter <= U'Þ' && letter != U'×');
    return is_capital ? letter + 0x20 : letter == U'Ÿ' ? U'ÿ' : letter;
}
static_assert(small(capital(U'z')) == U'z' && small(capital(U'þ')) == U'þ' && small(U'×') == U'×');

}  // namespace pith::input
