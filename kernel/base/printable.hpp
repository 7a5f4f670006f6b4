// Text that can be printed, whatever bytes it is made from: one line, well-formed UTF-8, no control
// characters.
//
// Text from outside (a command line, a name in a table) could otherwise end a line early, move the cursor, or
// leave a terminal waiting for the rest of a character.
//
// Needs:     utf8.
// Promises:  what is shown in one place does not change what is shown in another.
// Reference: The Unicode Standard, "Control Codes", "Bidirectional Ordering Controls".
#pragma once

#include "base/utf8.hpp"

#include <array>
#include <cstddef>
#include <format>
#include <string_view>

namespace pith {

// The character itself, if it stands still. What ends a line, or moves to a column, is a blank; other
// controls, and those that change the direction of what follows, are U+FFFD.
constexpr char32_t printable(char32_t character) {
    struct Range {
        char32_t first, last;
    };
    constexpr Range controls[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0x200e, 0x200f},
                                  {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfff9, 0xfffb}};
    if (character == U'\n' || character == U'\t') return U' ';
    for (auto const& range : controls) {
        if (character >= range.first && character <= range.last) return replacement_character;
    }
    return character;
}

// Calls `emit` with each character of `bytes`, made printable.
template <typename Emit>
constexpr void for_each_printable(std::string_view bytes, Emit&& emit) {
    Utf8Decoder decoder;
    for (char const byte : bytes) {
        decoder.feed(static_cast<std::uint8_t>(byte),
                     [&](char32_t character) { emit(printable(character)); });
    }
    if (!decoder.is_idle()) emit(replacement_character);
}

// Bytes to be formatted as what they are printed as: println("{}", Printable{command_line}).
struct Printable {
    std::string_view bytes;
};

// Printable text in a fixed place, for std::format_to(std::back_inserter(text), ...). What does not fit is
// left out, and the last that does is three dots then.
template <std::size_t Capacity>
class PrintableText {
public:
    using value_type = char;
    static_assert(Capacity >= 3);

    constexpr void push_back(char byte) {
        decoder_.feed(static_cast<std::uint8_t>(byte),
                      [this](char32_t character) { add(printable(character)); });
    }

    // All that came. A character that its last bytes are missing of is malformed.
    constexpr std::string_view finish() [[clang::lifetimebound]] {
        if (!decoder_.is_idle()) add(replacement_character);
        decoder_ = {};
        return {bytes_.data(), size_};
    }

private:
    static constexpr std::string_view dots = "...";

    constexpr void add(char32_t character) {
        if (is_cut_) return;
        auto const size_before = size_;
        bool fits              = true;
        encode_utf8(character, [&](std::uint8_t byte) {
            fits = fits && size_ < Capacity;
            if (fits) bytes_[size_++] = static_cast<char>(byte);
        });
        if (!fits) cut(size_before);
    }
    constexpr void cut(std::size_t size) {
        is_cut_ = true;
        size_   = size;
        while (size_ + dots.size() > Capacity) drop_last();
        for (char const dot : dots) bytes_[size_++] = dot;
    }
    constexpr void drop_last() {
        constexpr auto follows = [](char byte) { return (static_cast<std::uint8_t>(byte) & 0xc0) == 0x80; };
        while (follows(bytes_[--size_])) {
        }
    }

    std::array<char, Capacity> bytes_{};
    std::size_t size_ = 0;
    bool is_cut_      = false;
    Utf8Decoder decoder_;
};

}  // namespace pith

template <>
struct std::formatter<pith::Printable> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::Printable text, auto& context) const {
        auto out = context.out();
        pith::for_each_printable(text.bytes, [&](char32_t character) {
            pith::encode_utf8(character, [&](std::uint8_t byte) { *out++ = static_cast<char>(byte); });
        });
        return out;
    }
};
