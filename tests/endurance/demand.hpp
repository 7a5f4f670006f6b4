// Pages that are mapped when they are first touched, by the handler of page faults.
#pragma once

#include "exceptions/error_code.hpp"
#include "memory/page.hpp"

namespace pith::endurance {

inline constexpr std::uint64_t demand_pages = 32;
// They lie in several tables, so that tables come and go as well.
Page<PageSize::kib_4> demand_page(std::uint64_t number);

// Maps the page, if it is one of these and is not mapped. False: it is not, or no frame is left.
bool map_on_demand(std::uint64_t address, exceptions::PageFaultError error);

void make_read_only(Page<PageSize::kib_4> page);
// Takes the page out, and gives its frame back.
void unmap(Page<PageSize::kib_4> page);

}  // namespace pith::endurance
