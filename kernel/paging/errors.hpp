// What can go wrong with a page, each kind of operation with errors of its own, and at which address it did.
//
// Needs:     memory (addresses).
#pragma once

#include "memory/address.hpp"

#include <string_view>

namespace pith::paging {

enum class MapError : std::uint8_t {
    out_of_frames,             // no frame for a table
    already_mapped,            // there is a page, or are smaller ones
    inside_large_page,         // a larger page has this address
    own_slot,                  // the tables themselves appear there
    user_page_in_kernel_half,  // the upper half of the address space is the kernel's
};

enum class LookupError : std::uint8_t {
    not_mapped,
    inside_large_page,    // the page has another size: larger
    holds_smaller_pages,  // or smaller
    not_owned,            // the page's memory was only borrowed: there is no frame to have
    own_slot,
};

enum class ChangeError : std::uint8_t {
    out_of_frames,  // no frame for the table that takes a large page's place
    not_mapped,
    own_slot,
    user_page_in_kernel_half,
};

std::string_view explain(MapError error);
std::string_view explain(LookupError error);
std::string_view explain(ChangeError error);

template <typename Error>
struct FailedAt {
    Error error;
    VirtAddr address;

    constexpr bool operator==(FailedAt const&) const = default;
};

}  // namespace pith::paging

// ADDRESS: what is wrong there.
template <typename Error>
struct std::formatter<pith::paging::FailedAt<Error>> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::paging::FailedAt<Error> const& failed, auto& context) const {
        return std::format_to(context.out(), "{}: {}", failed.address, explain(failed.error));
    }
};
