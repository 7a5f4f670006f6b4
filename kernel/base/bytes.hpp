// Reading numbers and text out of bytes from outside, where nothing is known to be aligned or there.
//
// Needs:     nothing.
// Promises:  no read leaves the span; what would is `nullopt`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace pith {

using Bytes = std::span<std::byte const>;

// `length` bytes from `offset`, or nothing if they are not all there. No sum can overflow.
constexpr std::optional<Bytes> slice(Bytes bytes, std::uint64_t offset, std::uint64_t length) {
    if (offset > bytes.size() || length > bytes.size() - offset) return std::nullopt;
    return bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
}

// The little-endian number (or trivially copyable record) at `offset`, aligned or not.
template <typename Value>
    requires std::is_trivially_copyable_v<Value>
std::optional<Value> load(Bytes bytes, std::uint64_t offset) {
    auto const source = slice(bytes, offset, sizeof(Value));
    if (!source) return std::nullopt;
    Value value;
    std::memcpy(&value, source->data(), sizeof value);
    return value;
}

// The characters before the first zero byte, or nothing if there is no zero byte.
inline std::optional<std::string_view> text_until_zero(Bytes bytes) {
    // SAFETY: because any object may be looked at as `char`, and the length is the span's own.
    std::string_view const all{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
    auto const end = all.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    return all.substr(0, end);
}

}  // namespace pith
