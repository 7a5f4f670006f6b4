// The tree of tables: finding the table that an address goes through, making those that are missing, dropping
// those that became empty, and splitting large pages.
//
// Needs:     table_access, frame_source, errors.
// Promises:  an entry that leads to a table counts the entries that are in use there. Tables are made all or
//            none.
#pragma once

#include "base/fixed_vector.hpp"
#include "paging/errors.hpp"
#include "paging/frame_source.hpp"
#include "paging/table_access.hpp"

#include <expected>
#include <span>

namespace pith::paging {

// The tables above one page: those of levels 1 to 3.
using TablesOfPage = FixedVector<PhysAddr, 3>;

// The lower half of the address space is a program's; the upper is the kernel's, and the same in all spaces.
// (There is one so far. A second will need the upper half's tables of level 3: docs/architecture.md,
// "Memory".)
constexpr bool is_kernel_half(VirtAddr address) { return (address.value() >> 63) != 0; }
constexpr Reach reach_of(VirtAddr address) {
    return is_kernel_half(address) ? Reach::all_spaces : Reach::one_space;
}
inline constexpr PageRange user_half = PageRange::of_bytes(VirtAddr{}, std::uint64_t{1} << 47);

template <TableAccess Access>
class Tree {
public:
    // A table, and the entry that leads to it, which counts what is in use there.
    template <int Level>
    struct Slot {
        Table<Level>& table;
        Entry<Level + 1>& counter;
    };

    constexpr explicit Tree(Access access) : access_{access} {}

    Access const& access() const { return access_; }
    Table<4>& root() const { return access_.root(); }

    // Whether the tables themselves appear there.
    static constexpr bool is_own_slot(VirtAddr address) {
        return Access::own_slot < entries_per_table && Table<4>::index_of(address) == Access::own_slot;
    }

    static constexpr bool has_own_slot(PageRange pages) {
        return Access::own_slot < entries_per_table &&
               Table<4>::index_of(pages.start()) <= Access::own_slot &&
               Access::own_slot <= Table<4>::index_of(pages.last().start());
    }

    // #region slots
    // The table of level `Target` that `address` goes through.
    template <int Target>
    std::expected<Slot<Target>, LookupError> find_slot(VirtAddr address) const {
        if (is_own_slot(address)) return std::unexpected{LookupError::own_slot};
        return descend<Target>(access_.root(), address);
    }

    // The same, and makes the tables that are missing.
    template <int Target>
    std::expected<Slot<Target>, MapError> make_slot(VirtAddr address, Owner owner,
                                                    FrameSource auto& frames) const {
        if (is_own_slot(address)) return std::unexpected{MapError::own_slot};
        if (owner == Owner::user && is_kernel_half(address)) {
            return std::unexpected{MapError::user_page_in_kernel_half};
        }
        auto const slot = descend<Target>(access_.root(), address);
        if (slot) [[likely]]
            return *slot;
        if (slot.error() == LookupError::inside_large_page)
            return std::unexpected{MapError::inside_large_page};
        auto const made = make_missing<Target>(address, frames);
        if (!made) return std::unexpected{made.error()};
        return *made;
    }
    // #endregion slots

    // Takes out the tables above `address` that are empty.
    [[gnu::noinline]] TablesOfPage drop_empty_tables(VirtAddr address) const {
        TablesOfPage dropped;
        drop(root(), address, dropped);
        return dropped;
    }

    // Makes a page begin at `address`, if there is a larger one around it. What changed goes into `stale`.
    // False if there is no frame for a table.
    bool split_at(VirtAddr address, FrameSource auto& frames, auto& stale) const {
        return split_where(root(), address, address.value(), frames, stale);
    }
    // Makes a page end where the one of 4 KiB at `last` does.
    bool split_behind(VirtAddr last, FrameSource auto& frames, auto& stale) const {
        return split_where(root(), last, last.value() + page_bytes, frames, stale);
    }

private:
    // Tables above a user's pages must let users through. The whole lower half is theirs.
    static constexpr Owner owner_of_tables(VirtAddr address) {
        return is_kernel_half(address) ? Owner::kernel : Owner::user;
    }

    // #region descend
    template <int Target, int Level>
    std::expected<Slot<Target>, LookupError> descend(Table<Level>& table, VirtAddr address) const {
        auto& entry = table.at(address);
        if (!entry.is_table()) [[unlikely]] {
            return std::unexpected{entry.is_present() ? LookupError::inside_large_page
                                                      : LookupError::not_mapped};
        }
        auto& next = access_.next(table, Table<Level>::index_of(address));
        if constexpr (Level - 1 == Target) {
            return Slot<Target>{next, entry};
        } else {
            return descend<Target>(next, address);
        }
    }
    // #endregion descend

    // #region make
    template <int Target>
    [[gnu::noinline]] std::expected<Slot<Target>, MapError> make_missing(VirtAddr address,
                                                                         FrameSource auto& frames) const {
        auto& root = access_.root();
        if (!root.at(address).is_present()) {
            if (!add_tables<Target>(root, address, frames)) return std::unexpected{MapError::out_of_frames};
        }
        return descend_making<Target>(root, address, frames);
    }

    // The entry of `table` is present, and none on the way is a page's.
    template <int Target, int Level>
    std::expected<Slot<Target>, MapError> descend_making(Table<Level>& table, VirtAddr address,
                                                         FrameSource auto& frames) const {
        auto& entry = table.at(address);
        auto& next  = access_.next(table, Table<Level>::index_of(address));
        if constexpr (Level - 1 == Target) {
            return Slot<Target>{next, entry};
        } else {
            if (!next.at(address).is_present()) {
                if (!add_tables<Target>(next, address, frames))
                    return std::unexpected{MapError::out_of_frames};
                entry.add_used(1);
            }
            return descend_making<Target>(next, address, frames);
        }
    }

    // All tables from behind `table` down to level `Target`, or none.
    template <int Target, int Level>
    bool add_tables(Table<Level>& table, VirtAddr address, FrameSource auto& frames) const {
        TablesOfPage tables;
        while (tables.size() < Level - Target) {
            auto frame = frames.template take<PageSize::kib_4>();
            if (!frame) {
                for (auto const taken : tables) frames.give(Frame<PageSize::kib_4>::own(taken));
                return false;
            }
            require(tables.try_push_back(std::move(*frame).disown()), "a page has three tables above it");
        }
        link<Target>(table, address, tables.span());
        return true;
    }

    template <int Target, int Level>
    void link(Table<Level>& table, VirtAddr address, std::span<PhysAddr const> tables) const {
        auto const index = Table<Level>::index_of(address);
        auto const entry = Entry<Level>::table(tables.front(), owner_of_tables(address));
        auto& next       = access_.link(table, index, entry, [](auto& fresh) { fresh = {}; });
        if constexpr (Level - 1 > Target) {
            link<Target>(next, address, tables.subspan(1));
            table.entries[index].add_used(1);
        }
    }
    // #endregion make

    // #region drop
    // Entries that became empty below are taken out, the lowest first.
    template <int Level>
    void drop(Table<Level>& table, VirtAddr address, TablesOfPage& dropped) const {
        auto& entry = table.at(address);
        if (!entry.is_table()) return;
        if constexpr (Level > 2) {
            auto& next             = access_.next(table, Table<Level>::index_of(address));
            bool const was_present = next.at(address).is_present();
            drop(next, address, dropped);
            if (was_present && !next.at(address).is_present()) entry.remove_used(1);
        }
        if (entry.used() != 0) return;
        require(dropped.try_push_back(entry.address()), "a page has three tables above it");
        entry = {};
    }
    // #endregion drop

    // Splits the large pages that have `address`, until one of the parts begins or ends at `boundary`.
    template <int Level>
    bool split_where(Table<Level>& table, VirtAddr address, std::uint64_t boundary, FrameSource auto& frames,
                     auto& stale) const {
        if (is_multiple(boundary, span_of_entry<Level>)) return true;
        auto const index = Table<Level>::index_of(address);
        auto& entry      = table.entries[index];
        if (!entry.is_present()) return true;
        if constexpr (Level == 2 || Level == 3) {
            if (entry.is_page()) {
                auto frame = frames.template take<PageSize::kib_4>();
                if (!frame) return false;
                split(table, index, std::move(*frame), owner_of_tables(address));
                stale.add_pages(address, 1, size_at(Level));
            }
        }
        if constexpr (Level > 1)
            return split_where(access_.next(table, index), address, boundary, frames, stale);
        return true;
    }

    template <int Level>
    void split(Table<Level>& table, std::size_t index, Frame<PageSize::kib_4>&& frame, Owner owner) const {
        auto raw   = table.entries[index].first_part().raw();
        auto entry = Entry<Level>::table(std::move(frame).disown(), owner);
        entry.add_used(entries_per_table);
        access_.link(table, index, entry, [&](auto& parts) {
            for (auto& part : parts.entries) {
                part = Entry<Level - 1>{raw};
                raw += span_of_entry<Level - 1>;
            }
        });
    }

    Access access_;
};

}  // namespace pith::paging
