// The address space, drawn once: as it is linked. A kernel that is moved has its image and the direct map elsewhere in
// the same halves (boot/move.hpp).
//
//   0xffff'ffff'ffff'ffff  +---------------------------+
//                          | the kernel's image        |  top 2 GiB: -mcmodel=kernel needs it there
//   0xffff'ffff'8000'0000  +---------------------------+  kernel_start
//                          :                           :
//                          | all physical memory       |  physical address p is at direct_map_start + p
//   0xffff'8000'0000'0000  +---------------------------+  direct_map_start: the upper half begins
//                          :   not canonical           :
//   0x0000'7fff'ffff'ffff  +---------------------------+
//                          | programs (later)          |
//   0x0000'0000'0000'0000  +---------------------------+
//
// Needs:     base (sealed), address.
// Promises:  the same numbers as assembly and the linker script have (layout.inc).
#pragma once

#include "base/sealed.hpp"
#include "memory/address.hpp"
#include "memory/layout.inc"

namespace pith::layout {

inline constexpr VirtAddr upper_half_start{DIRECT_MAP_START};
inline constexpr VirtAddr kernel_start{KERNEL_START};
// Where the direct map begins in this boot. Written before kernel_main, if the kernel is moved (boot/move.cpp).
PITH_SEALED inline constinit VirtAddr direct_map_start = upper_half_start;
// How much of physical memory the direct map has room for: 64 TiB.
inline constexpr std::uint64_t direct_map_size = std::uint64_t{1} << 46;

// How much of physical memory the boot page tables map.
inline constexpr std::uint64_t boot_map_size = BOOT_MAP_SIZE;

static_assert(kernel_start.value() == 0 - (std::uint64_t{2} << 30), "the top 2 GiB");

}  // namespace pith::layout
