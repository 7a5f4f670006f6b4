// A fuzzer's input as a piece of physical memory with boot information in it.
//
//   +0  where in physical memory the piece begins     +8  the piece
//   +4  where in the piece the information begins
#pragma once

#include "boot_information.hpp"

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

}  // namespace pith::testing
