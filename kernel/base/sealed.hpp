// What is written while the system starts, and never again: descriptor tables, tables of handlers, hooks.
//
//   PITH_SEALED constinit std::array<Gate, vector_count> gates{};     lies in the image's part .sealed
//
// When all has started, the kernel's own map makes that part read-only (paging/seal.hpp). A write to it is a
// page fault then. So whoever offers to change it asks first, and a caller who comes too late is told so.
//
// Needs:     fail.
// Promises:  nobody but paging says that it is sealed: that it is stands in the sealed part itself.
#pragma once

#include "base/fail.hpp"

// #region sealed
#define PITH_SEALED [[gnu::section(".sealed")]]

namespace pith {

enum class Seal : std::uint8_t { open, closed };

namespace detail {
PITH_SEALED constinit inline Seal the_seal = Seal::open;
}  // namespace detail

inline bool is_sealed() { return detail::the_seal == Seal::closed; }

// For a function that writes there: fails with this sentence if it is too late.
inline void require_unsealed(std::string_view sentence,
                             std::source_location where = std::source_location::current()) {
    require(!is_sealed(), sentence, where);
}
// #endregion sealed

// For whoever changes the pages' rights, while they can be written.
inline void note_seal(Seal seal) { detail::the_seal = seal; }

}  // namespace pith
