// The root pointer (RSDP): where the list of all tables is.
//
//   +0  "RSD PTR "   +8  makes 20 bytes sum to zero   +9  OEM id   +15  revision   +16  address of the RSDT
//   +20 length       +24 address of the XSDT          +32 makes all sum to zero    (from revision 2 on)
//
// The boot loader says where it is. If none does, it is looked for where a BIOS leaves it. Under UEFI it is
// nowhere there: only the loader can know.
//
// Needs:     error, memory (windows).
// Promises:  a RootPointer has right sums, and leads to one list at least.
// Reference: ACPI Specification, "Finding the RSDP on IA-PC Systems", "Root System Description Pointer (RSDP)
//            Structure".
#pragma once

#include "acpi/error.hpp"
#include "memory/physical_window.hpp"

#include <expected>
#include <optional>

namespace pith::acpi {

struct RootPointer {
    PhysAddr address;
    std::uint8_t revision;
    Letters<6> oem_id;
    std::optional<PhysAddr> xsdt;  // the list with addresses of 64 bits
    std::optional<PhysAddr> rsdt;  // the older one, of 32 bits
};

// The root pointer at `address`.
std::expected<RootPointer, TableError> read_root_pointer(PhysicalWindow const& memory, PhysAddr address);

// Looks for it in the first KiB of the extended BIOS data area, and in the BIOS's memory. The first one with
// right sums is taken. If there is none, the error is that of the last one that had the signature.
//
// The area's place stands in a word of the BIOS at 0x40e. The kernel's frames overwrite that: look before.
std::expected<RootPointer, TableError> search_root_pointer(PhysicalWindow const& memory);

}  // namespace pith::acpi
