// What was typed: one form for what a keyboard and what a terminal says.
//
// There is one way to say each thing. What a layout or a terminal has used up to find a character is not said
// again: `A` is the character A, not A with shift. With control, letters are small: a terminal knows no
// other.
//
// Needs:     nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>

namespace pith::input {

// clang-format off
enum class NamedKey : std::uint8_t {
    enter, backspace, tab, escape, insert, del, home, end, page_up, page_down, up, down, left, right,
    f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, print_screen, pause, menu
};
// clang-format on

struct Modifiers {
    bool shift   = false;
    bool control = false;
    bool alt     = false;
    bool alt_gr  = false;

    constexpr bool operator==(Modifiers const&) const = default;
};

struct Key {
    std::variant<char32_t, NamedKey> what;
    Modifiers modifiers{};

    constexpr bool operator==(Key const&) const = default;

    constexpr std::optional<char32_t> character() const {
        auto const* const found = std::get_if<char32_t>(&what);
        return found ? std::optional{*found} : std::nullopt;
    }
    constexpr std::optional<NamedKey> named() const {
        auto const* const found = std::get_if<NamedKey>(&what);
        return found ? std::optional{*found} : std::nullopt;
    }
};

static_assert(std::is_trivially_copyable_v<Key>);  // it may go through a ring
static_assert(Key{U'a'}.character() == U'a' && !Key{U'a'}.named());
static_assert(Key{NamedKey::f1} != Key{NamedKey::f1, {.shift = true}});

}  // namespace pith::input
