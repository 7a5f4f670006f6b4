// The Multiboot2 boot information (GRUB).
//
//   +0  total size, in bytes      then records ("tags"), each at a multiple of 8:
//   +4  reserved                      +0 type   +4 size, in bytes, these 8 included   +8 content
//   +8  records ...               the last has type 0
//
// Needs:     handoff.
// Promises:  as handoff.
// Reference: Multiboot2 Specification, "Boot information format".
#pragma once

#include "boot/handoff.hpp"

namespace pith::boot {

// Reads the boot information at `information`.
HandoffResult read_multiboot2(PhysAddr information, PhysicalWindow const& memory);

// Only the command line, as read_command_line.
std::string_view multiboot2_command_line(PhysAddr information, PhysicalWindow const& memory);

}  // namespace pith::boot
