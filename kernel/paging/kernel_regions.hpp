// The kernel's own address space, region by region, in words: what print_pages shows.
//
// Needs:     kernel_map, regions.
#pragma once

#include "base/fixed_text.hpp"
#include "paging/kernel_map.hpp"
#include "paging/regions.hpp"

namespace pith::paging {

// What is at these addresses, by the kernel's layout (memory/layout.hpp, boot/image.hpp).
std::string_view owner_of(Region const& region);

using RegionText = FixedText<32>;

// "rwxugd", each letter or a dash: read, write (or s: only calls write), execute, user, global, device (or c: combined
// writes).
RegionText rights_of(Region const& region);
// "3 x 4K, 1 x 2M"
RegionText sizes_of(Region const& region);

// Whether a part of the image begins there, or something behind a stack.
bool begins_part(VirtAddr address);

// Calls `use(region)` for each, in the order of their addresses. The map is locked meanwhile: `use` must not
// map or allocate.
void for_each_kernel_region(auto&& use) {
    with_kernel_space([&](KernelSpace& space, KernelFrames&) { for_each_region(space, begins_part, use); });
}

}  // namespace pith::paging
