// Exercise 10.1: what a memory map says of one page.
#pragma once

#include "boot/memory_map.hpp"

#include <span>

namespace exercise {

using pith::boot::MemoryArea;
using pith::boot::MemoryKind;

// Whether the 4096 bytes from `page` on, a multiple of 4096, may be given out: each byte is called usable by
// some area, no byte is called something else by any, and it is not the first page. What of an area lies
// beyond the largest number is no memory.
bool may_be_given_out(std::span<MemoryArea const> areas, std::uint64_t page);

}  // namespace exercise
