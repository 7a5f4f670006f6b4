// An area has the bytes whose distance from its start is less than its size: no end is computed, so none can
// wrap around. Beyond what others forbid, usable areas are joined: from the page's start as far as they
// reach.
#include "exercise.hpp"

#include <algorithm>

namespace exercise {
namespace {

constexpr std::uint64_t page_size = 4096;

bool has(MemoryArea const& area, std::uint64_t address) {
    return area.start <= address && address - area.start < area.size;
}

bool overlaps(MemoryArea const& area, std::uint64_t page) {
    bool const begins_inside = page <= area.start && area.start - page < page_size;
    return area.size != 0 && (has(area, page) || begins_inside);
}

// How many of the page's bytes, from its first on, this area has if it has the byte at `done`; else `done`.
std::uint64_t reach(MemoryArea const& area, std::uint64_t page, std::uint64_t done) {
    if (area.kind != MemoryKind::usable || !has(area, page + done)) return done;
    auto const left = area.size - (page + done - area.start);
    return done + std::min(left, page_size - done);
}

}  // namespace

bool may_be_given_out(std::span<MemoryArea const> areas, std::uint64_t page) {
    if (page == 0) return false;
    for (auto const& area : areas) {
        if (area.kind != MemoryKind::usable && overlaps(area, page)) return false;
    }
    std::uint64_t done = 0;
    for (auto before = page_size; before != done && done < page_size;) {
        before = done;
        for (auto const& area : areas) {
            if (done < page_size) done = reach(area, page, done);
        }
    }
    return done == page_size;
}

}  // namespace exercise
