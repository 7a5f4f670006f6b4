// All that a page can be asked for, one after the other: for what is to be proved of each.
#pragma once

#include "paging/entry.hpp"

namespace pith::paging {

// Calls `use(rights)` with each combination of rights.
constexpr void for_each_rights(auto&& use) {
    for (auto const access : {Access::read, Access::read_write, Access::read_execute, Access::shadow_stack})
        for (auto const owner : {Owner::kernel, Owner::user})
            for (auto const caching : {Caching::write_back, Caching::uncached, Caching::write_combining})
                use(Rights{.access = access, .owner = owner, .caching = caching});
}

// Calls `use(rights, backing, reach)` with each combination of all that an entry says of a page.
constexpr void for_each_kind(auto&& use) {
    for_each_rights([&](Rights rights) {
        for (auto const backing : {Backing::owned, Backing::borrowed})
            for (auto const reach : {Reach::one_space, Reach::all_spaces}) use(rights, backing, reach);
    });
}

}  // namespace pith::paging
