// JSON as somebody else reads it: nlohmann's library, which refuses what is not well-formed.
#pragma once

#include "base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace pith::testing {

// Throws if it is no JSON, or has several lines.
inline nlohmann::json read_json(std::string const& text) {
    if (text.contains('\n')) throw std::runtime_error{"there is a line feed in: " + text};
    return nlohmann::json::parse(text);
}

// The bytes as UTF-8, with U+FFFD for what is malformed.
inline std::string well_formed(std::string_view bytes) {
    std::string text;
    auto const add = [&](char32_t character) {
        encode_utf8(character, [&](std::uint8_t byte) { text.push_back(static_cast<char>(byte)); });
    };
    Utf8Decoder decoder;
    for (char const byte : bytes) decoder.feed(static_cast<std::uint8_t>(byte), add);
    if (!decoder.is_idle()) add(replacement_character);
    return text;
}

}  // namespace pith::testing
