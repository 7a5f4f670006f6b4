// The PVH start information (QEMU's -kernel, Xen, Firecracker, Cloud Hypervisor).
//
//   +0  magic 0x336ec578      +16  modules: address      +40  memory map: address     (version 1 and later)
//   +4  version               +24  command line          +48  memory map: entries
//   +8  flags                 +32  ACPI root pointer     +52  reserved
//   +12 modules: number
//
// Needs:     handoff.
// Promises:  as handoff.
// Reference: Xen, "x86/HVM direct boot ABI"; its public header arch-x86/hvm/start_info.h.
#pragma once

#include "boot/handoff.hpp"

namespace pith::boot {

// Reads the start information at `information`.
HandoffResult read_pvh(PhysAddr information, PhysicalWindow const& memory);

// Only the command line, as read_command_line.
std::string_view pvh_command_line(PhysAddr information, PhysicalWindow const& memory);

}  // namespace pith::boot
