// An entry of a page table, with every bit named.
//
//   63   62 ... 52   51 ......... 12   11 10   9      8    7    6   5   4    3    2     1      0
//   no   free, or    physical address  free    owns   glo- page,D   A   un-  wri- user  wri-   present
//   exec. `used`     (bit 12 of a page:        its    bal  PAT          ca-  te         table
//         (table)    PAT, levels 2, 3)         frame                    ched through
//
// A page is an entry of level 1 that is present, or one of level 2 or 3 with bit 7. All others lead to a
// table of the next lower level; in those, bits 52 to 61 are ignored by the processor, and count how many
// entries of that table are in use: an empty one is seen without looking through it.
//
// Needs:     memory (addresses), rights.
// Promises:  what is built from Rights is never writable and executable.
// Reference: Intel SDM vol. 3A "4-Level Paging and 5-Level Paging", "Paging-Structure Entries";
//            AMD APM vol. 2 "Long-Mode Page Translation". What the caching bits choose: attribute_table.hpp.
#pragma once

#include "memory/page.hpp"
#include "paging/rights.hpp"

namespace pith::paging {

// Who gets a page's memory back when it is unmapped.
enum class Backing : std::uint8_t {
    owned,     // a frame that was given to the page
    borrowed,  // nobody: a device, or memory that belongs to somebody else
};

// The page size that an entry of this level maps.
constexpr PageSize size_at(int level) { return PageSize{bytes_in(PageSize::kib_4) << (9 * (level - 1))}; }
constexpr int level_of(PageSize size) {
    return size == PageSize::kib_4 ? 1 : size == PageSize::mib_2 ? 2 : 3;
}

// #region bits
namespace bits {
inline constexpr std::uint64_t present = 1 << 0, writable = 1 << 1, user = 1 << 2, write_through = 1 << 3,
                               uncached = 1 << 4, accessed = 1 << 5, dirty = 1 << 6, large = 1 << 7,
                               small_attribute_table = 1 << 7, global = 1 << 8, owned = 1 << 9,
                               large_attribute_table = 1 << 12, no_execute = std::uint64_t{1} << 63,
                               address = 0x000f'ffff'ffff'f000, used_shift = 52,
                               used = std::uint64_t{0x3ff} << used_shift;
}  // namespace bits
// #endregion bits

template <int Level>
    requires(1 <= Level && Level <= 4)
class Entry {
public:
    // Not present.
    constexpr Entry() = default;
    constexpr explicit Entry(std::uint64_t raw) : raw_{raw} {}

    // #region made
    // Leads to a page. Its address is a multiple of its size.
    static constexpr Entry page(PhysAddr start, Rights rights, Backing backing, Reach reach)
        requires(Level <= 3)
    {
        require(is_multiple(start.value(), bytes_in(size_at(Level))),
                "a page's memory begins at a multiple of its size");
        return Entry{start.value() | flags(rights, backing) |
                     (reach == Reach::all_spaces ? bits::global : 0)};
    }
    // Leads to an empty table. Who may use what lies behind it, the pages' own entries say: all but `owner`.
    static constexpr Entry table(PhysAddr start, Owner owner)
        requires(Level >= 2)
    {
        require(is_multiple(start.value(), page_bytes), "a table begins at a multiple of 4096");
        return Entry{start.value() | bits::present | bits::writable |
                     (owner == Owner::user ? bits::user : 0)};
    }
    // #endregion made

    constexpr std::uint64_t raw() const { return raw_; }
    constexpr bool operator==(Entry const&) const = default;

    constexpr bool is_present() const { return has(bits::present); }
    constexpr bool is_page() const { return is_present() && (Level == 1 || (Level < 4 && has(bits::large))); }
    constexpr bool is_table() const {
        // Present, and not large: at once, for every walk asks this at each level. One less, and such an
        // entry has neither bit; any other has one of them.
        constexpr auto page_bits = Level < 4 ? bits::present | bits::large : bits::present;
        return Level > 1 && ((raw_ - 1) & page_bits) == 0;
    }

    constexpr bool is_writable() const { return has(bits::writable); }
    constexpr bool is_executable() const { return !has(bits::no_execute); }
    constexpr bool is_user() const { return has(bits::user); }
    constexpr bool is_write_through() const { return has(bits::write_through); }
    constexpr bool is_uncached() const { return has(bits::uncached); }
    constexpr Caching caching() const {
        return is_uncached()        ? Caching::uncached
               : is_write_through() ? Caching::write_combining
                                    : Caching::write_back;
    }
    constexpr bool is_accessed() const { return has(bits::accessed); }
    constexpr bool is_dirty() const { return has(bits::dirty); }
    // Dirty, though nobody can write to it: so the processor knows a page to which calls may write.
    constexpr bool is_shadow_stack() const { return (raw_ & (bits::writable | bits::dirty)) == bits::dirty; }
    constexpr bool is_global() const { return has(bits::global); }
    constexpr bool uses_attribute_table() const
        requires(Level <= 3)
    {
        return has(Level == 1 ? bits::small_attribute_table : bits::large_attribute_table);
    }
    constexpr Backing backing() const
        requires(Level <= 3)
    {
        return has(bits::owned) ? Backing::owned : Backing::borrowed;
    }

    // Where the page or the table begins.
    constexpr PhysAddr address() const {
        constexpr auto page_mask = bits::address & ~(bytes_in(size_at(Level < 4 ? Level : 1)) - 1);
        return PhysAddr{raw_ & (is_page() ? page_mask : bits::address)};
    }

    // The same for an entry that is known to lead to a table.
    constexpr PhysAddr table_address() const
        requires(Level >= 2)
    {
        return PhysAddr{raw_ & bits::address};
    }

    // What a page made by `page` was asked for. Fails for one that is executable and can be written, by whomever.
    constexpr Rights rights() const
        requires(Level <= 3)
    {
        require(!((is_writable() || is_shadow_stack()) && is_executable()),
                "a page is writable and executable");
        return {.access  = is_executable()     ? Access::read_execute
                           : is_writable()     ? Access::read_write
                           : is_shadow_stack() ? Access::shadow_stack
                                               : Access::read,
                .owner   = is_user() ? Owner::user : Owner::kernel,
                .caching = caching()};
    }
    // The same page with other rights. It stays dirty only while it can be written: else it would become a
    // shadow stack, or would have been one.
    constexpr Entry with(Rights rights) const
        requires(Level <= 3)
    {
        bool const stays_writable = is_writable() && rights.access == Access::read_write;
        auto const kept           = bits::global | bits::accessed | (stays_writable ? bits::dirty : 0);
        return Entry{address().value() | flags(rights, backing()) | (raw_ & kept)};
    }
    // The first of the 512 pages that together are this one.
    constexpr auto first_part() const
        requires(Level == 2 || Level == 3)
    {
        auto part = address().value() | (raw_ & ~(bits::address | bits::large));
        if (Level > 2) part |= bits::large;
        if (uses_attribute_table())
            part |= Level > 2 ? bits::large_attribute_table : bits::small_attribute_table;
        return Entry<Level - 1>{part};
    }

    // How many entries of the table are in use.
    constexpr std::uint64_t used() const
        requires(Level >= 2)
    {
        return (raw_ & bits::used) >> bits::used_shift;
    }
    constexpr void add_used(std::uint64_t count)
        requires(Level >= 2)
    {
        raw_ += count << bits::used_shift;
    }
    constexpr void remove_used(std::uint64_t count)
        requires(Level >= 2)
    {
        require(count <= used(), "a page table has more entries in use than were counted");
        raw_ -= count << bits::used_shift;
    }

private:
    constexpr bool has(std::uint64_t bit) const { return (raw_ & bit) != 0; }

    // #region flags
    static constexpr std::uint64_t flags(Rights rights, Backing backing) {
        auto flags = bits::present;
        if (Level > 1) flags |= bits::large;
        if (rights.access == Access::read_write) flags |= bits::writable;
        if (rights.access == Access::shadow_stack) flags |= bits::dirty;
        if (rights.access != Access::read_execute) flags |= bits::no_execute;
        if (rights.owner == Owner::user) flags |= bits::user;
        if (rights.caching == Caching::uncached) flags |= bits::uncached | bits::write_through;
        if (rights.caching == Caching::write_combining) flags |= bits::write_through;
        if (backing == Backing::owned) flags |= bits::owned;
        return flags;
    }
    // #endregion flags

    std::uint64_t raw_ = 0;
};

}  // namespace pith::paging
