// Which parts of a range are there. A memory map is a claim: firmware, or a boot loader that was lied to, may promise memory
// where none is. What is written there is gone, and who keeps page tables or lists there loses them.
//
// Asking every page would take seconds on a large machine, so pages are asked at some distance from each other: the farther
// up, the wider, so that a machine of 512 GiB is asked some 150 times and not 8192. (What maps are wrong about lies low: holes
// for devices below 4 GiB.) Between two neighbours that answer differently the border is searched by halving.
//
//     asked        v         v         v    v  v v     v
//     memory    [ is there .................. ][ is not .... )
//
// Needs:     memory (ranges).
// Promises:  what is visited are whole pages of the range, in order. All that lies between pages that were asked and answered
//            counts as there: a hole of less than the distance may be missed.
#pragma once

#include "memory/page.hpp"
#include "memory/phys_range.hpp"

#include <algorithm>
#include <concepts>

namespace pith::frames {

// From this page to the next that is asked: 64 MiB, and above 1 GiB a sixteenth of its address.
constexpr std::uint64_t asking_distance(PhysAddr page) {
    constexpr std::uint64_t least = std::uint64_t{64} << 20;
    return std::max(least, round_down(page.value() / 16, page_bytes));
}

// Between two pages that answer differently: the first that answers as the later one.
template <std::predicate<PhysAddr> IsThere>
PhysAddr border_between(PhysAddr before, PhysAddr after, IsThere&& is_there) {
    bool const wanted = !is_there(before);
    while (after - before > page_bytes) {
        auto const middle                             = before + round_down((after - before) / 2, page_bytes);
        (is_there(middle) == wanted ? after : before) = middle;
    }
    return after;
}

// Calls `visit(part)` for each part of `range` (whole pages) that is there. `is_there(page)` asks one page.
template <std::predicate<PhysAddr> IsThere, std::invocable<PhysRange> Visit>
void for_each_present(PhysRange range, IsThere&& is_there, Visit&& visit) {
    if (range.is_empty()) return;
    PhysAddr const last{range.end().value() - page_bytes};
    for (auto start = range.start(); start < range.end();) {
        bool const is_present = is_there(start);
        auto known = start, end = range.end();  // from `start` to `known` all are alike
        while (known < last) {
            auto const distance = asking_distance(known);
            auto const next     = last - known > distance ? known + distance : last;
            if (is_there(next) != is_present) {
                end = border_between(known, next, is_there);
                break;
            }
            known = next;
        }
        if (is_present) visit(PhysRange{start, end});
        start = end;
    }
}

}  // namespace pith::frames
