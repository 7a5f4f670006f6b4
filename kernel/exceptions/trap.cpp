#include "exceptions/trap.hpp"

#include <algorithm>
#include <array>

namespace pith::exceptions {

std::optional<std::string_view> undefined_behaviour(Bytes instruction) {
    constexpr std::array opcode{std::byte{0x67}, std::byte{0x0f}, std::byte{0xb9}};
    constexpr std::byte no_displacement{0x00}, one_byte{0x40};  // ModRM: [eax], [eax + a byte]
    if (instruction.size() <= opcode.size() ||
        !std::ranges::equal(instruction.first<opcode.size()>(), opcode))
        return std::nullopt;
    auto const rest = instruction.subspan(opcode.size());
    auto const form = rest[0];
    if (form != no_displacement && (form != one_byte || rest.size() < 2)) return std::nullopt;
    switch (form == no_displacement ? 0 : std::to_integer<unsigned>(rest[1])) {
        case 0:  return "a signed sum is too large";
        case 1:  return "a place was reached that cannot be reached";
        case 3:  return "a division by zero, or one that is too large";
        case 8:  return "a bit is looked for in zero";
        case 10: return "a value that its type does not have";
        case 11: return "a function ended without a value";
        case 12: return "a signed product is too large";
        case 13: return "a signed number has no negative";
        case 18: return "an index is too large";
        case 20: return "a shift by too many bits, or of too many";
        case 21: return "a signed difference is too large";
        default: return "a check of the compiler's";
    }
}

}  // namespace pith::exceptions
