// Changing what is mapped in a range: taking pages out, giving them other rights.
//
// Every entry is changed before anybody hears of it: what is flushed early must not come back.
//
// Needs:     table_access, errors; where stale translations go (stale.hpp).
#pragma once

#include "paging/errors.hpp"
#include "paging/table_access.hpp"

#include <algorithm>
#include <expected>
#include <span>

namespace pith::paging {

// Whether these entries lead to memory in a row, with the same rights, from where `expected` leads on.
template <std::size_t Count>
bool are_in_a_row(std::span<Entry<1> const, Count> entries, std::uint64_t expected) {
    std::uint64_t difference = 0;
    for (auto const entry : entries) {
        difference |= entry.raw() ^ expected;
        expected += page_bytes;
    }
    return (difference & ~(bits::accessed | bits::dirty)) == 0;
}

// Empties the first entry and those that go on where it ends, with the same rights. Returns how many.
inline std::uint64_t clear_run(std::span<Entry<1>> entries) {
    auto expected    = entries.front().raw();
    auto const clear = [&]<std::size_t Count>(std::span<Entry<1>, Count> some) {
        if (!are_in_a_row<Count>(some, expected)) return false;
        std::ranges::fill(some, Entry<1>{});
        expected += Count * page_bytes;
        return true;
    };
    auto rest = entries;
    while (rest.size() >= group && clear(rest.first<group>())) rest = rest.subspan(group);
    while (!rest.empty() && clear(rest.first<1>())) rest = rest.subspan(1);
    return entries.size() - rest.size();
}

// Takes out all that is mapped from `first` to `last`, numbers of 48 bits. Returns how many entries of
// `table` that leaves empty.
template <TableAccess Access>
std::uint64_t clear(Access const&, Table<1>& table, std::uint64_t first, std::uint64_t last, auto& stale) {
    auto const start      = Table<1>::index_of(address_of(first));
    auto const entries    = std::span{table.entries}.subspan(start, (last - first) / page_bytes + 1);
    std::uint64_t cleared = 0;
    for (std::size_t index = 0; index < entries.size();) {
        auto const entry = entries[index];
        if (!entry.is_present()) {
            ++index;
            continue;
        }
        auto const count = clear_run(entries.subspan(index));
        stale.add_pages(address_of(first + index * page_bytes), count, PageSize::kib_4);
        if (entry.backing() == Backing::owned) stale.add_memory(entry.address(), count);
        index += static_cast<std::size_t>(count);
        cleared += count;
    }
    return cleared;
}

template <TableAccess Access, int Level>
std::uint64_t clear(Access const& access, Table<Level>& table, std::uint64_t first, std::uint64_t last,
                    auto& stale) {
    std::uint64_t cleared = 0;
    for_each_entry<Level>(first, last, [&](std::size_t index, std::uint64_t from, std::uint64_t to) {
        auto& entry = table.entries[index];
        if (!entry.is_present()) return true;
        if (entry.is_table()) {
            entry.remove_used(clear(access, access.next(table, index), from, to, stale));
            if (entry.used() != 0) return true;
            stale.add_table(std::exchange(entry, {}).address());
        } else if constexpr (Level < 4) {
            auto const old = std::exchange(entry, {});
            stale.add_pages(address_of(from), 1, size_at(Level));
            if (old.backing() == Backing::owned)
                stale.add_memory(old.address(), span_of_entry<Level> / page_bytes);
        }
        ++cleared;
        return true;
    });
    return cleared;
}

// Gives all pages from `first` to `last` other rights. Stops where none is mapped.
template <TableAccess Access, int Level>
std::expected<void, FailedAt<ChangeError>> set_rights(Access const& access, Table<Level>& table,
                                                      std::uint64_t first, std::uint64_t last, Rights rights,
                                                      auto& stale) {
    std::expected<void, FailedAt<ChangeError>> result;
    for_each_entry<Level>(first, last, [&](std::size_t index, std::uint64_t from, std::uint64_t to) {
        auto& entry = table.entries[index];
        if (!entry.is_present()) {
            result = std::unexpected{FailedAt{ChangeError::not_mapped, address_of(from)}};
        } else if (entry.is_page()) {
            if constexpr (Level < 4) {
                entry = entry.with(rights);
                stale.add_pages(address_of(from), 1, size_at(Level));
            }
        } else if constexpr (Level > 1) {
            result = set_rights(access, access.next(table, index), from, to, rights, stale);
        }
        return result.has_value();
    });
    return result;
}

}  // namespace pith::paging
