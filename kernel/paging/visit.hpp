// Looking at what is mapped: each page, with the rights that all levels together leave.
//
// Needs:     table_access.
#pragma once

#include "paging/table_access.hpp"

namespace pith::paging {

struct Mapping {
    VirtAddr start;  // of the page
    PageSize size;
    PhysAddr memory;  // where it begins
    bool is_writable, is_executable, is_user;
    bool is_uncached, is_global;
    Backing backing;
};

// Rights that tables above a page leave it.
struct Allowed {
    bool writable, executable, user;
};
inline constexpr Allowed everything{.writable = true, .executable = true, .user = true};

template <int Level>
Mapping mapping_of(Entry<Level> entry, std::uint64_t start, Allowed allowed) {
    return {.start         = address_of(start),
            .size          = size_at(Level),
            .memory        = entry.address(),
            .is_writable   = allowed.writable,
            .is_executable = allowed.executable,
            .is_user       = allowed.user,
            .is_uncached   = entry.is_uncached(),
            .is_global     = entry.is_global(),
            .backing       = entry.backing()};
}

// Calls `use(mapping)` for each page that has some of the addresses from `first` to `last`, numbers of 48
// bits.
template <TableAccess Access, int Level>
void visit(Access const& access, Table<Level>& table, std::uint64_t first, std::uint64_t last, Allowed above,
           auto&& use) {
    for_each_entry<Level>(first, last, [&](std::size_t index, std::uint64_t from, std::uint64_t to) {
        auto const entry = table.entries[index];
        if (!entry.is_present() || (Level == 4 && index == Access::own_slot)) return true;
        Allowed const allowed{.writable   = above.writable && entry.is_writable(),
                              .executable = above.executable && entry.is_executable(),
                              .user       = above.user && entry.is_user()};
        if (entry.is_page()) {
            if constexpr (Level < 4) use(mapping_of(entry, round_down(from, span_of_entry<Level>), allowed));
        } else if constexpr (Level > 1) {
            visit(access, access.next(table, index), from, to, allowed, use);
        }
        return true;
    });
}

}  // namespace pith::paging
