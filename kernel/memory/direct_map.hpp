// From physical addresses to what stands there: the direct map holds all of memory, one address apart.
//
// Only in the kernel. What is read and written through it must be mapped there: the boot map has the first 4
// GiB, the kernel's own map (paging/) all memory that there is.
//
// Needs:     address, layout.
#pragma once

#include "memory/layout.hpp"

#include <span>

namespace pith {

constexpr VirtAddr in_direct_map(PhysAddr address) { return layout::direct_map_start + address.value(); }

// `count` values of any type that may have any bytes, from `address` on. Whoever calls this answers for the
// memory's being theirs.
template <typename Value>
std::span<Value> physical_span(PhysAddr address, std::size_t count) {
// SAFETY: because the caller owns this memory, and the direct map has it.
#pragma clang unsafe_buffer_usage begin
    return {reinterpret_cast<Value*>(in_direct_map(address).value()), count};
#pragma clang unsafe_buffer_usage end
}

}  // namespace pith
