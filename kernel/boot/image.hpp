// Where this kernel lies: the linker script's symbols as addresses.
//
// Needs:     memory (addresses).
// Reference: boot/kernel.ld.
#pragma once

#include "base/bytes.hpp"
#include "memory/phys_range.hpp"

namespace pith::boot {

// All of the image in physical memory, its .bss and boot stack included.
PhysRange image();

// The same without what only boot needs: 32-bit code and the boot map.
PhysRange image_after_boot();

// The parts of it, as whole pages. The sealed one is written while the kernel starts, and never again; to the
// shadow stacks only calls write. These two may be empty.
struct ImageParts {
    VirtAddr text, constants, sealed, data, shadow_stacks, end;  // where each begins
};
ImageParts image_parts();

// The memory of a part of the image.
PhysAddr memory_of(VirtAddr part);

// How far the image lies behind where it is linked, if it was moved (boot/move.S).
std::uint64_t image_slide();

// The machine code.
bool is_in_text(VirtAddr address);

// The stack that entry.S sets up: lowest address, and the one behind the highest.
VirtAddr boot_stack_bottom();
VirtAddr boot_stack_top();

// The table of function names and source lines; empty in the first link.
Bytes symbols();

}  // namespace pith::boot
