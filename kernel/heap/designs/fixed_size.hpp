// Blocks of few fixed sizes, each with a list of those that are free: both ways take the same time always.
// What is larger comes from a list of holes, and so do blocks that no list has.
//
// Needs:     linked_list.
// Promises:  a block is aligned to its size, which is a power of two.
// Defeated:  by a change of sizes: what was once a block of one size never serves another.
#pragma once

#include "heap/designs/linked_list.hpp"

#include <array>
#include <utility>

namespace pith::heap {

// #region fixed
class FixedSize {
public:
    static constexpr std::size_t smallest = 16, largest = 2048;

    explicit FixedSize(std::span<std::byte> memory) : fallback_{memory} {}

    [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment) {
        auto const wanted = std::max({size, alignment, smallest});
        if (wanted > largest) return fallback_.allocate(size, alignment);
        auto*& first = list_of(wanted);
        if (first == nullptr) return fallback_.allocate(std::bit_ceil(wanted), std::bit_ceil(wanted));
        return std::exchange(first, first->next);
    }

    // Size and alignment as they were asked for.
    void free(void* block, std::size_t size, std::size_t alignment) {
        auto const wanted = std::max({size, alignment, smallest});
        if (wanted > largest) {
            fallback_.free(block, size);
            return;
        }
        auto*& first = list_of(wanted);
        // SAFETY: because it is free memory of the span that is ours, aligned and large enough.
        first = std::construct_at(std::bit_cast<Free*>(block), first);
    }

private:
    struct Free {
        Free* next;
    };

    Free*& list_of(std::size_t wanted) {
        return lists_[static_cast<std::size_t>(std::bit_width(wanted - 1)) - 4];
    }

    LinkedList fallback_;
    std::array<Free*, 8> lists_{};
};
// #endregion fixed

}  // namespace pith::heap
