// The live address space, range by range: neighbouring pages with the same rights are one region.
//
// Needs:     address_space; console, for printing.
#pragma once

#include "paging/address_space.hpp"

namespace pith::paging {

struct Region {
    VirtAddr start, last;                // its first and its last byte
    PhysAddr memory;                     // behind its first byte
    bool is_in_a_row;                    // whether the memory of all pages is one range
    std::array<std::uint64_t, 3> pages;  // how many of 4 KiB, 2 MiB, 1 GiB
    Caching caching;
    bool is_writable, is_executable, is_user, is_shadow_stack, is_global;

    explicit Region(Mapping const& page)
        : start{page.start},
          last{page.start + (bytes_in(page.size) - 1)},
          memory{page.memory},
          is_in_a_row{true},
          pages{},
          caching{page.caching},
          is_writable{page.is_writable},
          is_executable{page.is_executable},
          is_user{page.is_user},
          is_shadow_stack{page.is_shadow_stack},
          is_global{page.is_global} {
        count(page.size);
    }

    std::uint64_t bytes() const { return last - start + 1; }

    // Adds the page if it goes on where the region ends.
    bool try_extend(Mapping const& page) {
        if (!goes_on_with(page)) return false;
        is_in_a_row = is_in_a_row && page.memory.value() == memory.value() + bytes();
        last        = page.start + (bytes_in(page.size) - 1);
        count(page.size);
        return true;
    }

private:
    bool goes_on_with(Mapping const& page) const {
        return number_of(page.start) == number_of(last) + 1 && page.is_writable == is_writable &&
               page.is_executable == is_executable && page.is_user == is_user &&
               page.is_shadow_stack == is_shadow_stack && page.caching == caching &&
               page.is_global == is_global;
    }
    void count(PageSize size) { ++pages[static_cast<std::size_t>(level_of(size) - 1)]; }
};

// Calls `use(region)` for each region of the space, in the order of its pages. Where `is_boundary(address)`
// says so, a region begins whatever its neighbour's rights are.
template <TableAccess Access>
void for_each_region(AddressSpace<Access> const& space, auto&& is_boundary, auto&& use) {
    std::optional<Region> region;
    space.for_each([&](Mapping const& page) {
        if (region && !is_boundary(page.start) && region->try_extend(page)) return;
        if (region) use(*region);
        region.emplace(page);
    });
    if (region) use(*region);
}

// The kernel's address space on the console: as a table for people, or for programs one line a region, which
// begins with "pages," and is the same table as comma-separated values (a line "pages,start,..." names the
// columns).
void print_pages();
void print_pages_for_programs();

}  // namespace pith::paging
