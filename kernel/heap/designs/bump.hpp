// The simplest allocator: an edge that moves on. It knows how many blocks there are, and not where.
//
//   +----------------------------------+- - - - - - - - - - - - -+
//   | given out, freed or not          |  never given out        |
//   +----------------------------------+- - - - - - - - - - - - -+
//                                      ^ edge
//
// Needs:     memory to work in.
// Promises:  all memory can be had again when every block has come back.
// Defeated:  by one block that stays, while others come and go.
#pragma once

#include "base/fail.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pith::heap {

// #region bump
class Bump {
public:
    explicit Bump(std::span<std::byte> memory) : memory_{memory} {}

    // `alignment` is a power of two. nullptr if the rest has no room.
    [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment) {
        auto const rest    = memory_.subspan(edge_);
        auto const padding = -std::bit_cast<std::uintptr_t>(rest.data()) & (alignment - 1);
        if (padding > rest.size() || size > rest.size() - padding) return nullptr;
        edge_ += padding + size;
        ++blocks_;
        return rest.subspan(padding).data();
    }

    void free(void*) {
        require(blocks_ > 0, "more blocks were freed than were given out");
        if (--blocks_ == 0) edge_ = 0;
    }

private:
    std::span<std::byte> memory_;
    std::size_t edge_ = 0, blocks_ = 0;
};
// #endregion bump

}  // namespace pith::heap
