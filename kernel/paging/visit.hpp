// Looking at what is mapped: each page, with the rights that all levels together leave.
//
// Pages that go on where the one before ends, in the same table, with the same rights and in the same memory,
// are looked at together: 512 of them cost little more than one.
//
// Needs:     table_access.
#pragma once

#include "memory/phys_range.hpp"
#include "paging/table_access.hpp"

#include <algorithm>
#include <span>

namespace pith::paging {

struct Mapping {
    VirtAddr start;  // of the page
    PageSize size;
    PhysAddr memory;  // where it begins
    bool is_writable, is_executable, is_user;
    bool is_shadow_stack;  // read-only and dirty: calls can write there
    Caching caching;
    bool is_global;
    Backing backing;
};

// `count` pages in a row, of one size and with the same rights, in a row in memory as well.
struct MappingRun {
    Mapping first;
    std::uint64_t count;

    std::uint64_t bytes() const { return count * bytes_in(first.size); }
    VirtAddr last_byte() const { return first.start + (bytes() - 1); }
    PhysRange memory() const { return memory_part(0, bytes()); }
    // Of the pages in [start, end), of which there are some.
    PhysRange memory_between(VirtAddr start, VirtAddr end) const {
        auto const skipped = start > first.start ? start - first.start : 0;
        auto const stop    = last_byte() < end ? bytes() : end - first.start;
        return memory_part(skipped, stop);
    }
    Mapping at(std::uint64_t index) const {
        auto page   = first;
        page.start  = first.start + index * bytes_in(first.size);
        page.memory = first.memory + index * bytes_in(first.size);
        return page;
    }

private:
    // From one byte to another. Behind the last byte of physical memory there is no address: that byte is
    // left out.
    PhysRange memory_part(std::uint64_t from, std::uint64_t to) const {
        constexpr std::uint64_t last = (std::uint64_t{1} << PhysAddr::bits) - 1;
        return {first.memory + from, PhysAddr{std::min(first.memory.value() + to, last)}};
    }
};

// Rights that tables above a page leave it.
struct Allowed {
    bool writable, executable, user;
};
inline constexpr Allowed everything{.writable = true, .executable = true, .user = true};

template <int Level>
Mapping mapping_of(Entry<Level> entry, std::uint64_t start, Allowed allowed) {
    return {.start           = address_of(start),
            .size            = size_at(Level),
            .memory          = entry.address(),
            .is_writable     = allowed.writable,
            .is_executable   = allowed.executable,
            .is_user         = allowed.user,
            .is_shadow_stack = entry.is_shadow_stack(),
            .caching         = entry.caching(),
            .is_global       = entry.is_global(),
            .backing         = entry.backing()};
}

// #region visit
// How many entries from the first on lead to memory in a row, with the same rights.
template <int Level>
std::uint64_t length_of_run(std::span<Entry<Level> const> entries) {
    auto const ignored  = bits::accessed | (entries.front().is_writable() ? bits::dirty : 0);
    auto expected       = entries.front().raw();
    std::uint64_t count = 0;
    for (auto const entry : entries) {
        if (((entry.raw() ^ expected) & ~ignored) != 0) break;
        expected += span_of_entry<Level>;
        ++count;
    }
    return count;
}

template <TableAccess Access, int Level>
void visit(Access const& access, Table<Level>& table, std::uint64_t first, std::uint64_t last, Allowed above,
           auto&& use);

// Looks at the entry that has `from`, and at those behind it that belong to the same run. Returns how many.
template <TableAccess Access, int Level>
std::uint64_t visit_entry(Access const& access, Table<Level>& table, std::uint64_t from, std::uint64_t last,
                          Allowed above, auto&& use) {
    constexpr auto size = span_of_entry<Level>;
    auto const index    = Table<Level>::index_of(address_of(from));
    auto const entry    = table.entries[index];
    if (!entry.is_present() || (Level == 4 && index == Access::own_slot)) return 1;
    Allowed const allowed{.writable   = above.writable && entry.is_writable(),
                          .executable = above.executable && entry.is_executable(),
                          .user       = above.user && entry.is_user()};
    if (!entry.is_page()) {
        if constexpr (Level > 1)
            visit(access, access.next(table, index), from, std::min(from | (size - 1), last), allowed, use);
        return 1;
    }
    if constexpr (Level < 4) {
        auto const start   = round_down(from, size);
        auto const wanted  = std::min<std::uint64_t>((last - start) / size + 1, entries_per_table - index);
        auto const entries = std::span{table.entries}.subspan(index, static_cast<std::size_t>(wanted));
        auto const count   = length_of_run<Level>(entries);
        use(MappingRun{.first = mapping_of(entry, start, allowed), .count = count});
        return count;
    }
    return 1;
}

// Calls `use(run)` for all pages that have some of the addresses from `first` to `last`, numbers of 48 bits.
template <TableAccess Access, int Level>
void visit(Access const& access, Table<Level>& table, std::uint64_t first, std::uint64_t last, Allowed above,
           auto&& use) {
    for (auto from = first; from <= last;) {
        auto const done = visit_entry(access, table, from, last, above, use);
        from            = round_down(from, span_of_entry<Level>) + done * span_of_entry<Level>;
    }
}
// #endregion visit

}  // namespace pith::paging
