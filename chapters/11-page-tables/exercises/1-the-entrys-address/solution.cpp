// The four indices move to the right by nine bits, the slot comes in on the left, and what was the index in
// the table of level 1 is a number of entries of 8 bytes: so the lowest three bits are gone. In the end bits
// 48 and above are made copies of bit 47.
#include "exercise.hpp"

namespace exercise {

std::uint64_t entry_address(std::uint64_t address, std::uint64_t slot) {
    constexpr std::uint64_t entries = 0x7f'ffff'fff8;  // bits 3 to 38
    auto const joined               = (address >> 9 & entries) | slot << 39;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(joined << 16) >> 16);
}

}  // namespace exercise
