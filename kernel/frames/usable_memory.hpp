// Which memory may be handed out: what the firmware calls usable, less all that somebody else claims.
//
// The firmware's areas are claims. They come in any order, overlap, are empty, wrap around, contradict each
// other and end in the middle of a page. Here is decided what to believe: a byte is usable if some area says
// so and none says otherwise, and a page only if all its bytes are.
//
// Nothing is copied. Each range is found by looking through all areas, however they lie: so it is good that there are not
// more than MemoryMap::max_size.
//
// Needs:     boot (memory map), memory (addresses).
// Promises:  ranges come in rising order, do not touch each other, begin and end at pages, and hold no byte
//            that anybody else claims.
#pragma once

#include "boot/memory_map.hpp"
#include "memory/page.hpp"
#include "memory/phys_range.hpp"

#include <optional>
#include <span>

namespace pith::frames {

class UsableMemory {
public:
    // `taken` are ranges that are in use, whatever the map says: the kernel, modules, the loader's
    // information. Both must live as long as this.
    UsableMemory(boot::MemoryMap const& map, std::span<PhysRange const> taken) : map_{map}, taken_{taken} {}

    // The first usable range at or above `from`; nothing if there is none.
    std::optional<PhysRange> next(PhysAddr from) const;

    // Calls `visit(range)` for each usable range, lowest first.
    template <typename Visit>
    void for_each(Visit&& visit) const {
        for (auto range = next(PhysAddr{0}); range; range = next(range->end())) visit(*range);
    }

private:
    // A claim with its end computed; what does not fit into physical memory is cut off.
    struct Claim {
        std::uint64_t start, end;
        bool is_usable;

        bool holds(std::uint64_t address) const { return start <= address && address < end; }
    };

    Claim claim_of(boot::MemoryArea const& area) const;
    // Calls `visit(claim)` for all that the map and `taken` say. Empty claims are left out.
    template <typename Visit>
    void for_each_claim(Visit&& visit) const;

    std::optional<std::uint64_t> first_claimed_usable(std::uint64_t from) const;
    std::optional<std::uint64_t> end_of_what_blocks(std::uint64_t address) const;
    std::uint64_t end_of_usable(std::uint64_t address) const;

    boot::MemoryMap const& map_;
    std::span<PhysRange const> taken_;
};

}  // namespace pith::frames
