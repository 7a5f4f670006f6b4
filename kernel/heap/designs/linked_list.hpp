// Free memory as a list of holes, sorted by address, which lies in the holes themselves.
//
//          first
//            |
//   +--------v---+-----------------+------------+---------+----------------------+
//   | in use | size, next --------------------> size, next | in use              |
//   +------------+-----------------+------------+---------+----------------------+
//
// A block comes from the first hole that has room; one that comes back is merged with the holes that it
// touches.
//
// Needs:     memory to work in.
// Promises:  no two holes touch, so when every block has come back there is one hole.
// Defeated:  by many small holes: every request walks past all of them.
#pragma once

#include "base/fail.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace pith::heap {

class LinkedList {
public:
    static constexpr std::size_t unit = 16;  // sizes and places are multiples of it: a hole has room in each

    explicit LinkedList(std::span<std::byte> memory) {
        auto const start = rounded(std::bit_cast<std::uintptr_t>(memory.data()), unit);
        auto const end   = (std::bit_cast<std::uintptr_t>(memory.data()) + memory.size()) & ~(unit - 1);
        if (start < end) first_ = make_hole(start, end - start, nullptr);
    }

    // #region list
    // `alignment` is a power of two. nullptr if no hole has room.
    [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment) {
        if (size > largest) return nullptr;
        size = rounded_size(size);
        for (auto** link = &first_; *link != nullptr; link = &(*link)->next) {
            auto const start = address(*link), end = end_of(*link);
            auto const block = rounded(start, std::max(alignment, unit));
            if (block < start || block > end || size > end - block) continue;
            take_out(*link, block, size);
            // SAFETY: because it is free memory of the span that is ours, aligned and large enough.
            return std::bit_cast<void*>(block);
        }
        return nullptr;
    }

    // `size` as it was asked for.
    void free(void* block, std::size_t size) {
        auto const start = std::bit_cast<std::uintptr_t>(block), end = start + rounded_size(size);
        Hole* before = nullptr;
        Hole* behind = first_;
        while (behind != nullptr && address(behind) < start) before = std::exchange(behind, behind->next);
        require((before == nullptr || end_of(before) <= start) &&
                    (behind == nullptr || end <= address(behind)),
                "memory was freed that is free");
        auto* hole                                  = make_hole(start, end - start, behind);
        (before != nullptr ? before->next : first_) = hole;
        merge_with_next(hole);
        if (before != nullptr) merge_with_next(before);
    }
    // #endregion list

    std::size_t hole_count() const {
        std::size_t count = 0;
        for (auto const* hole = first_; hole != nullptr; hole = hole->next) ++count;
        return count;
    }

private:
    struct Hole {
        std::size_t size;
        Hole* next;
    };
    static_assert(sizeof(Hole) <= unit);

    static constexpr std::size_t largest = ~std::size_t{0} / 2;

    static std::uintptr_t rounded(std::uintptr_t value, std::size_t alignment) {
        return (value + alignment - 1) & ~(alignment - 1);
    }
    static std::size_t rounded_size(std::size_t size) {
        return rounded(std::max<std::size_t>(size, 1), unit);
    }
    static std::uintptr_t address(Hole const* hole) { return std::bit_cast<std::uintptr_t>(hole); }
    static std::uintptr_t end_of(Hole const* hole) { return address(hole) + hole->size; }
    static Hole* make_hole(std::uintptr_t start, std::size_t size, Hole* next) {
        // SAFETY: because it is free memory of the span that is ours, aligned and large enough.
        return std::construct_at(std::bit_cast<Hole*>(start), size, next);
    }

    // #region holes
    // What is left of the hole before and behind the block stays.
    static void take_out(Hole*& link, std::uintptr_t block, std::size_t size) {
        auto* const hole = link;
        auto const end   = end_of(hole);
        auto* next       = hole->next;
        if (block + size < end) next = make_hole(block + size, end - block - size, next);
        if (address(hole) < block) {
            hole->size = block - address(hole);
            hole->next = next;
        } else {
            link = next;
        }
    }

    static void merge_with_next(Hole* hole) {
        auto const* next = hole->next;
        if (next == nullptr || end_of(hole) != address(next)) return;
        hole->size += next->size;
        hole->next = next->next;
    }
    // #endregion holes

    Hole* first_ = nullptr;
};

}  // namespace pith::heap
