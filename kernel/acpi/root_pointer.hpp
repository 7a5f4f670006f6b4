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

#include "acpi/table.hpp"
#include "memory/phys_range.hpp"

#include <optional>

namespace pith::acpi {

struct RootPointer {
    static constexpr std::uint64_t size = 36;  // of those that we know; it may be longer

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
template <TableMemory Memory>
std::expected<RootPointer, TableError> search_root_pointer(Memory& memory);

// ---- Implementation --------------------------------------------------------------------------------------

namespace detail {

// A word of the BIOS: the real-mode segment of its data area.
inline constexpr PhysAddr data_area_segment{0x40e};
inline constexpr std::uint64_t data_area_size = 1024;
inline constexpr PhysRange bios_memory{PhysAddr{0xe'0000}, PhysAddr{0x10'0000}};

inline constexpr TableError no_root_pointer{Problem::not_found, Signature{"RSDP"},
                                            bios_memory.start().value(), 0, 0};

// The first pointer in `bytes`, which stand at `start`; without one, the error is that of the last that had
// the signature, or `none`.
std::expected<RootPointer, TableError> search_bytes(PhysAddr start, Bytes bytes, TableError none);

}  // namespace detail

template <TableMemory Memory>
std::expected<RootPointer, TableError> search_root_pointer(Memory& memory) {
    auto const search = [&](PhysAddr start, std::uint64_t size, TableError none) {
        return detail::search_bytes(start, memory.at(start, size).value_or(Bytes{}), none);
    };
    auto none          = detail::no_root_pointer;
    auto const segment = memory.at(detail::data_area_segment, sizeof(std::uint16_t));
    if (auto const area = segment ? std::uint64_t{*load<std::uint16_t>(*segment, 0)} << 4 : 0; area != 0) {
        auto const found = search(PhysAddr{area}, detail::data_area_size, none);
        if (found) return found;
        none = found.error();
    }
    return search(detail::bios_memory.start(), detail::bios_memory.size(), none);
}

}  // namespace pith::acpi
