// Mapping a range of memory to a range of pages, with the largest pages that fit.
//
// Needs:     tree.
// Promises:  each table is reached once, and then filled in one go.
#pragma once

#include "paging/tree.hpp"

#include <algorithm>

namespace pith::paging {

// What is to be mapped.
struct Piece {
    VirtAddr start;
    PhysAddr memory;
    std::uint64_t bytes;
    Rights rights;
    Backing backing;

    constexpr bool fits(PageSize size) const {
        return is_multiple(start.value() | memory.value(), bytes_in(size)) && bytes >= bytes_in(size);
    }
    // Without the first `done` bytes, of which there are more.
    constexpr Piece from(std::uint64_t done) const {
        return {.start   = start + done,
                .memory  = memory + done,
                .bytes   = bytes - done,
                .rights  = rights,
                .backing = backing};
    }
};

using Filled = std::expected<std::uint64_t, FailedAt<MapError>>;  // how many bytes

// Makes the entries lead to memory in a row, the first as `raw` says, up to one that is present. Returns how
// many.
template <int Level>
std::uint64_t fill_entries(std::span<Entry<Level>> entries, std::uint64_t raw) {
    auto const fill = [&]<std::size_t Count>(std::span<Entry<Level>, Count> some) {
        std::uint64_t present = 0;
        for (auto const entry : some) present |= entry.raw();
        if ((present & bits::present) != 0) return false;
        for (auto& entry : some) {
            entry = Entry<Level>{raw};
            raw += span_of_entry<Level>;
        }
        return true;
    };
    auto rest = entries;
    while (rest.size() >= group && fill(rest.template first<group>())) rest = rest.subspan(group);
    while (!rest.empty() && fill(rest.template first<1>())) rest = rest.subspan(1);
    return entries.size() - rest.size();
}

// As many pages as the piece has, and its table entries left. When one fails, those before it are there.
template <int Level, TableAccess Access>
Filled fill_table(Tree<Access> const& tree, Piece const& piece, FrameSource auto& frames) {
    constexpr auto size = span_of_entry<Level>;
    auto const slot     = tree.template make_slot<Level>(piece.start, piece.rights.owner, frames);
    if (!slot) return std::unexpected{FailedAt{slot.error(), piece.start}};
    auto const first   = Table<Level>::index_of(piece.start);
    auto const count   = std::min<std::uint64_t>(piece.bytes / size, entries_per_table - first);
    auto const entries = std::span{slot->table.entries}.subspan(first, static_cast<std::size_t>(count));
    auto const raw =
        Entry<Level>::page(piece.memory, piece.rights, piece.backing, reach_of(piece.start)).raw();
    auto const done = fill_entries<Level>(entries, raw);
    slot->counter.add_used(done);
    if (done == count) return done * size;
    return std::unexpected{FailedAt{MapError::already_mapped, piece.start + done * size}};
}

// One table's worth of the largest pages that fit at the piece's start.
template <TableAccess Access>
Filled fill_some(Tree<Access> const& tree, PageSize largest, Piece const& piece, FrameSource auto& frames) {
    if (largest == PageSize::gib_1 && piece.fits(PageSize::gib_1)) return fill_table<3>(tree, piece, frames);
    return piece.fits(PageSize::mib_2) ? fill_table<2>(tree, piece, frames)
                                       : fill_table<1>(tree, piece, frames);
}

// All of it. When that fails, the pages before the error's address are there.
template <TableAccess Access>
std::expected<void, FailedAt<MapError>> fill(Tree<Access> const& tree, PageSize largest, Piece const& piece,
                                             FrameSource auto& frames) {
    for (std::uint64_t done = 0; done < piece.bytes;) {
        auto const filled = fill_some(tree, largest, piece.from(done), frames);
        if (!filled) return std::unexpected{filled.error()};
        done += *filled;
    }
    return {};
}

}  // namespace pith::paging
