// Changing the boot map: the little that must happen before the kernel makes a map of its own.
//
// Needs:     memory (addresses), cpu (TLB).
// Reference: boot/page_tables.S.
#pragma once

#include "memory/address.hpp"

namespace pith::boot {

// Takes the 4 KiB page at `page`, which must lie inside the kernel's first 4 MiB, out of the kernel's
// mapping: touching it faults from now on.
void forbid_page(VirtAddr page);

// Puts it back, writable.
void allow_page(VirtAddr page);

}  // namespace pith::boot
