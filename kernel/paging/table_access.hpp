// How tables are reached: entries have physical addresses, instructions need virtual ones.
//
// Three models: through the direct map (what the kernel uses), through a recursive slot (chapter 11's story),
// and arrays (the tests on the host). One walker, in address_space.hpp, serves them all.
//
// Needs:     table; cpu (INVLPG, CR3) for the two of the kernel.
// Promises:  what is forgotten here the processor has forgotten.
// Reference: Intel SDM vol. 3A "Invalidation of TLBs and Paging-Structure Caches".
#pragma once

#include "cpu/control_registers.hpp"
#include "memory/direct_map.hpp"
#include "paging/table.hpp"

#include <concepts>

namespace pith::paging {

// #region concept
template <typename Model>
concept TableAccess = requires(Model const& access, Table<4>& level_4, Table<3>& level_3, Table<2>& level_2,
                               std::size_t index, VirtAddr address) {
    { access.root() } -> std::same_as<Table<4>&>;
    // The table that entry `index` leads to, which must be one that does.
    { access.next(level_4, index) } -> std::same_as<Table<3>&>;
    { access.next(level_3, index) } -> std::same_as<Table<2>&>;
    { access.next(level_2, index) } -> std::same_as<Table<1>&>;
    // Writes an entry that leads to a table, and what `fill` puts into that.
    {
        access.link(level_2, index, Entry<2>{}, [](Table<1>&) {})
    } -> std::same_as<Table<1>&>;
    // The slot of level 4 that the model uses itself; 512: none.
    { Model::own_slot } -> std::convertible_to<std::size_t>;
    // Makes the processor forget a page's translation, and all that it remembers of tables; or everything.
    { access.forget(address) };
    { access.forget_all() };
};
// #endregion concept

// No table is behind a table of level 1.
template <int Level>
concept HasNext = Level >= 2;

// #region direct
class DirectMapAccess {
public:
    static constexpr std::size_t own_slot = entries_per_table;

    // Tables whose root is at `root`. They need not be active.
    constexpr explicit DirectMapAccess(PhysAddr root) : root_{root} {}

    Table<4>& root() const { return at<4>(root_); }
    PhysAddr root_address() const { return root_; }

    template <int Level>
        requires HasNext<Level>
    Table<Level - 1>& next(Table<Level>& table, std::size_t index) const {
        return at<Level - 1>(table.entries[index].table_address());
    }

    // The table is filled before the processor can see it.
    template <int Level>
        requires HasNext<Level>
    Table<Level - 1>& link(Table<Level>& table, std::size_t index, Entry<Level> entry, auto&& fill) const {
        auto& next = at<Level - 1>(entry.table_address());
        fill(next);
        table.entries[index] = entry;
        return next;
    }

    void forget(VirtAddr address) const { cpu::flush_page(address); }
    void forget_all() const { cpu::flush_all_pages(); }

private:
    template <int Level>
    static Table<Level>& at(PhysAddr table) {
        // SAFETY: because tables are frames, and the direct map has all frames.
        return *reinterpret_cast<Table<Level>*>(layout::direct_map_start.value() + table.value());
    }

    PhysAddr root_;
};
// #endregion direct
static_assert(TableAccess<DirectMapAccess>);

// #region recursive
// One entry of the root leads back to the root. The processor, which counts levels and not tables, then takes
// every table for one of a level lower, and in the end a table for a page: all tables appear in the address
// space.
//
//   address of a page:                 i4   i3   i2   i1   byte
//   its entry of level 1 is in page:   own  i4   i3   i2
//   ... of level 2:                    own  own  i4   i3
//   ... of level 3:                    own  own  own  i4
//   the root:                          own  own  own  own
//
// So one step down moves all indices to the left, and puts the index that was followed at the end. What falls
// out on the left goes into bits 48 and above, which all must equal bit 47: the address must be sign-extended
// anew.
namespace recursive {

// Shifts bits 48 and above out, and copies bit 47 into them.
constexpr std::uint64_t sign_extended(std::uint64_t address) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(address << 16) >> 16);
}
// Where the root appears.
constexpr std::uint64_t root(std::uint64_t own_slot) {
    return sign_extended(own_slot << 39 | own_slot << 30 | own_slot << 21 | own_slot << 12);
}
// Where the table appears that entry `index` of the one at `table` leads to.
constexpr std::uint64_t next(std::uint64_t table, std::uint64_t index) {
    return sign_extended(table << 9 | index << 12);
}
// The way back: inside the page where the table appears through which `address` goes.
constexpr std::uint64_t table_of(std::uint64_t address, std::uint64_t own_slot) {
    constexpr std::uint64_t first_index = std::uint64_t{0x1ff} << 39;
    return sign_extended((address >> 9 & ~first_index) | own_slot << 39);
}

static_assert(root(511) == 0xffff'ffff'ffff'f000 && next(root(511), 0) == 0xffff'ffff'ffe0'0000);
static_assert(root(510) == 0xffff'ff7f'bfdf'e000 && next(root(510), 511) == 0xffff'ff7f'bfdf'f000);
static_assert(root(256) == 0xffff'8040'2010'0000 && next(root(256), 0) == 0xffff'8040'2000'0000);
static_assert(root(255) == 0x0000'7fbf'dfef'f000 && next(root(255), 511) == 0x0000'7fbf'dfff'f000);
static_assert(root(0) == 0 && next(root(0), 1) == 0x1000);
// Any way down is a way back up.
static_assert(round_down(table_of(0xffff'ffff'8010'2345, 510), page_bytes) ==
              next(next(next(root(510), 511), 510), 0));
static_assert(round_down(table_of(0x0000'1234'5678'9abc, 256), page_bytes) ==
              next(next(next(root(256), 0x24), 0xd1), 0xb3));

}  // namespace recursive

template <std::size_t OwnSlot>
    requires(OwnSlot < entries_per_table)
class RecursiveAccess {
public:
    static constexpr std::size_t own_slot = OwnSlot;

    // What stands in the slot: tables can be written there, so nothing can be executed.
    static constexpr Entry<4> own_entry(PhysAddr root) {
        return Entry<4>{Entry<4>::table(root, Owner::kernel).raw() | bits::no_execute};
    }

    static Table<4>& root() { return at<4>(recursive::root(OwnSlot)); }

    template <int Level>
        requires HasNext<Level>
    static Table<Level - 1>& next(Table<Level>& table, std::size_t index) {
        return at<Level - 1>(recursive::next(std::bit_cast<std::uint64_t>(&table), index));
    }

    // Before the entry is written, the table appears nowhere: for a moment the processor sees what it held
    // before. So nobody may stand on, or run in, what it maps; and what the processor took from it is
    // forgotten.
    template <int Level>
        requires HasNext<Level>
    static Table<Level - 1>& link(Table<Level>& table, std::size_t index, Entry<Level> entry, auto&& fill) {
        table.entries[index] = entry;
        forget_all();
        auto& fresh = next(table, index);
        fill(fresh);
        forget_all();
        return fresh;
    }

    // A table that went may still be known at the address where it appeared.
    static void forget(VirtAddr address) {
        cpu::flush_page(address);
        auto shown = address.value();
        for (int level = 1; level <= 3; ++level) {
            shown = recursive::table_of(shown, OwnSlot);
            cpu::flush_page(VirtAddr{shown});
        }
    }
    static void forget_all() { cpu::flush_all_pages(); }

private:
    template <int Level>
    static Table<Level>& at(std::uint64_t address) {
        // SAFETY: because the slot leads to the root, tables appear at these addresses.
        return *reinterpret_cast<Table<Level>*>(address);
    }
};
// #endregion recursive
static_assert(TableAccess<RecursiveAccess<510>>);

}  // namespace pith::paging
