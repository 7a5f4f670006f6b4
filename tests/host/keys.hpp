// Keys in tests: how they are printed, and the text that they are.
#pragma once

#include "input/key.hpp"
#include "input/layout.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace pith::input {

inline void PrintTo(Key const& key, std::ostream* out) {
    auto const& with = key.modifiers;
    *out << (with.shift ? "shift-" : "") << (with.control ? "control-" : "") << (with.alt ? "alt-" : "")
         << (with.alt_gr ? "altgr-" : "");
    if (auto const character = key.character()) {
        *out << "U+" << std::hex << static_cast<std::uint32_t>(*character) << std::dec;
    } else {
        *out << "key " << static_cast<int>(*key.named());
    }
}

}  // namespace pith::input

namespace pith::testing {

// What was typed as text. Every other key shows as a question mark in a box.
inline std::u32string text_of(std::vector<input::Key> const& keys) {
    std::u32string text;
    for (auto const& key : keys)
        text += key.modifiers == input::Modifiers{} ? key.character().value_or(U'⍰') : U'⍰';
    return text;
}

// Whether a key has the one form that there is for it.
inline bool is_normal(input::Key const& key) {
    auto const& with     = key.modifiers;
    auto const character = key.character();
    if (!character) return *key.named() <= input::NamedKey::menu;
    bool const is_text =
        *character >= 0x20 && *character <= 0x10ffff && (*character < 0x7f || *character >= 0xa0);
    bool const is_large = input::small(*character) != *character;
    return is_text && !with.shift && !with.alt_gr && !(with.control && is_large);
}

}  // namespace pith::testing
