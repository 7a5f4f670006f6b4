// A fuzzer's input as a piece of physical memory with boot information in it.
//
//   +0  where in physical memory the piece begins     +8  the piece
//   +4  where in the piece the information begins
#pragma once

#include "boot_information.hpp"
#include "handoff_text.hpp"

#include <cstdlib>
#include <cstring>

namespace pith::testing {

inline std::optional<Memory> memory_of(Bytes input) {
    auto const start  = load<std::uint32_t>(input, 0);
    auto const offset = load<std::uint32_t>(input, 4);
    if (!start || !offset) return std::nullopt;
    auto const piece = input.subspan(8);
    return Memory{.start       = *start,
                  .bytes       = {piece.begin(), piece.end()},
                  .information = std::uint64_t{*start} + *offset};
}

// Where the kernel is said to lie. The seeds' information lies elsewhere.
inline constexpr PhysRange fuzzed_image{PhysAddr{0x40'0000}, PhysAddr{0x80'0000}};

// Reads the input as this loader's information, and walks what comes of it.
inline void read_as(boot::Loader loader, Bytes input) {
    auto const memory = memory_of(input);
    if (!memory) return;
    boot::Start const start{.loader = loader, .information = PhysAddr{memory->information}};
    auto const result = boot::read_handoff(start, memory->window(), fuzzed_image);
    if (HandoffText::of(result).empty()) std::abort();
    if (result && result->framebuffer &&
        result->framebuffer->memory().start() != result->framebuffer->address)
        std::abort();
    // The command line alone can be read more often, and is the same.
    auto const command_line = boot::read_command_line(start, memory->window());
    if (result ? command_line != result->command_line : std::string{command_line}.contains('\0'))
        std::abort();
}

// Puts `size` at `offset` of the piece where that can be.
template <typename Number>
void put(std::span<std::uint8_t> bytes, std::size_t offset, Number value) {
    if (offset <= bytes.size() && sizeof value <= bytes.size() - offset)
        std::memcpy(bytes.subspan(offset).data(), &value, sizeof value);
}

}  // namespace pith::testing
