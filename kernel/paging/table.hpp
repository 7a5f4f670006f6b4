// A page table: 512 entries, and which of them an address goes through.
//
//   47 ...... 39 38 ...... 30 29 ...... 21 20 ...... 12 11 ...... 0
//   | index in  | index in   | index in   | index in   | byte in
//   | level 4   | level 3    | level 2    | level 1    | the page
//
// The level is part of the type. A table of level 1 leads to pages only.
//
// Needs:     entry.
// Reference: Intel SDM vol. 3A "4-Level Paging and 5-Level Paging".
#pragma once

#include "paging/entry.hpp"

#include <algorithm>
#include <array>

namespace pith::paging {

inline constexpr std::size_t entries_per_table = 512;

// Entries in a row are looked at in groups: a loop's own work would be half of all.
inline constexpr std::size_t group = 8;

// #region table
template <int Level>
struct alignas(page_bytes) Table {
    std::array<Entry<Level>, entries_per_table> entries{};

    static constexpr std::size_t index_of(VirtAddr address) {
        return static_cast<std::size_t>(address.value() >> (12 + 9 * (Level - 1)) & (entries_per_table - 1));
    }
    constexpr Entry<Level>& at(VirtAddr address) { return entries[index_of(address)]; }
    constexpr Entry<Level> const& at(VirtAddr address) const { return entries[index_of(address)]; }
};
// #endregion table

// How many bytes are behind one entry.
template <int Level>
inline constexpr std::uint64_t span_of_entry = page_bytes << (9 * (Level - 1));

// Addresses without their sign extension are numbers of 48 bits. Tables are walked by these.
inline constexpr std::uint64_t last_number = (std::uint64_t{1} << 48) - 1;
constexpr VirtAddr address_of(std::uint64_t number) {
    return VirtAddr{static_cast<std::uint64_t>(static_cast<std::int64_t>(number << 16) >> 16)};
}
constexpr std::uint64_t number_of(VirtAddr address) { return address.value() & last_number; }

// Calls `use(index, from, to)` for each entry of a table that has some of the bytes from `first` to `last`,
// with those that it has. Stops when that returns false.
template <int Level>
constexpr void for_each_entry(std::uint64_t first, std::uint64_t last, auto&& use) {
    for (auto from = first;;) {
        auto const to = std::min(from | (span_of_entry<Level> - 1), last);
        if (!use(Table<Level>::index_of(address_of(from)), from, to) || to == last) return;
        from = to + 1;
    }
}

static_assert(sizeof(Table<1>) == page_bytes);
static_assert(Table<4>::index_of(VirtAddr{0xffff'8000'0000'0000}) == 256);
static_assert(Table<1>::index_of(VirtAddr{0xffff'ffff'ffff'f000}) == 511);

}  // namespace pith::paging
