// UTF-8, byte by byte: code points out of bytes, and bytes out of code points.
//
// Needs:     nothing.
// Promises:  whatever bytes come, each code point given is a valid one; what is malformed gives U+FFFD.
// Reference: The Unicode Standard, "UTF-8" (table 3-7, "Well-Formed UTF-8 Byte Sequences").
#pragma once

#include <cstdint>

namespace pith {

inline constexpr char32_t replacement_character = 0xfffd;

class Utf8Decoder {
public:
    // Takes the next byte; calls `emit` with each code point that is complete then: none, one or two.
    template <typename Emit>
    constexpr void feed(std::uint8_t byte, Emit&& emit) {
        if (missing_ != 0 && (byte < low_ || byte > high_)) {
            missing_ = 0;
            emit(replacement_character);  // the sequence before this byte is cut off
        }
        if (missing_ == 0) return begin(byte, emit);
        low_        = 0x80;
        high_       = 0xbf;
        code_point_ = (code_point_ << 6) | (byte & 0x3f);
        if (--missing_ == 0) emit(code_point_);
    }

    // True between two code points.
    constexpr bool is_idle() const { return missing_ == 0; }

private:
    template <typename Emit>
    constexpr void begin(std::uint8_t byte, Emit&& emit) {
        if (byte < 0x80) return emit(char32_t{byte});
        if (byte >= 0xc2 && byte <= 0xdf) return expect(1, byte & 0x1f, 0x80, 0xbf);
        // The second byte's range keeps out overlong forms, surrogates and what is above U+10FFFF.
        if (byte == 0xe0) return expect(2, 0, 0xa0, 0xbf);
        if (byte == 0xed) return expect(2, 0xd, 0x80, 0x9f);
        if (byte >= 0xe1 && byte <= 0xef) return expect(2, byte & 0x0f, 0x80, 0xbf);
        if (byte == 0xf0) return expect(3, 0, 0x90, 0xbf);
        if (byte == 0xf4) return expect(3, 4, 0x80, 0x8f);
        if (byte >= 0xf1 && byte <= 0xf3) return expect(3, byte & 0x07, 0x80, 0xbf);
        emit(replacement_character);
    }
    constexpr void expect(std::uint8_t missing, std::uint32_t bits, std::uint8_t low, std::uint8_t high) {
        missing_    = missing;
        code_point_ = static_cast<char32_t>(bits);
        low_        = low;
        high_       = high;
    }

    char32_t code_point_  = 0;
    std::uint8_t missing_ = 0;         // bytes until the code point is complete
    std::uint8_t low_ = 0, high_ = 0;  // what the next byte may be
};

// Calls `emit` with each byte of `code_point`, which must be a valid one.
template <typename Emit>
constexpr void encode_utf8(char32_t code_point, Emit&& emit) {
    auto const byte = [&](std::uint32_t value) { emit(static_cast<std::uint8_t>(value)); };
    auto const tail = [&](unsigned shift) { byte(0x80 | ((code_point >> shift) & 0x3f)); };
    if (code_point < 0x80) return byte(code_point);
    if (code_point < 0x800) return byte(0xc0 | (code_point >> 6)), tail(0);
    if (code_point < 0x1'0000) return byte(0xe0 | (code_point >> 12)), tail(6), tail(0);
    byte(0xf0 | (code_point >> 18)), tail(12), tail(6), tail(0);
}

}  // namespace pith
