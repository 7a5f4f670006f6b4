#include "runtime/undefined/value.hpp"

#include <bit>
#include <format>
#include <iterator>

namespace pith::runtime::undefined {
namespace {

using Signed128 = __int128;

// The integer, with its sign spread over all bits.
Signed128 integer(Type const& type, Value value) {
    // SAFETY: because the compiler hands over the address of what is wider than 64 bits.
    if (type.bits() > 64) return *std::bit_cast<Signed128 const*>(value);
    auto const unused = 64 - type.bits();
    if (type.is_signed()) return std::bit_cast<std::int64_t>(value << unused) >> unused;
    return value << unused >> unused;
}

}  // namespace

bool is_negative(Type const& type, Value value) {
    return type.kind == Type::Kind::integer && type.is_signed() && integer(type, value) < 0;
}

void write(Text& text, Type const& type, Value value) {
    if (type.kind == Type::Kind::integer)
        std::format_to(std::back_inserter(text), "{}", integer(type, value));
    else
        std::format_to(std::back_inserter(text), "{:#x}", value);
}

}  // namespace pith::runtime::undefined
