// The table of PCI Express configuration spaces in memory (MCFG).
//
//   +44  entries of 16 bytes: base address, segment, first bus, last bus
//
// Needs:     table.
// Promises:  every entry was checked when the table was read.
// Reference: PCI Firmware Specification, "MCFG Table Description".
#pragma once

#include "acpi/table.hpp"

#include <ranges>

namespace pith::acpi {

// The configuration space of some buses: 1 MiB each, that of bus 0 at `base`.
struct PciSegment {
    PhysAddr base;
    std::uint16_t number;
    std::uint8_t first_bus, last_bus;

    bool operator==(PciSegment const&) const = default;
};

class Mcfg {
public:
    static constexpr Signature signature{"MCFG"};

    static std::expected<Mcfg, TableError> read(Table const& table);

    auto segments() const {
        return std::views::iota(std::size_t{0}, entries_.size() / entry_size) |
               std::views::transform([entries = entries_](std::size_t index) {
                   return decode(entries.subspan(index * entry_size, entry_size));
               });
    }

private:
    static constexpr std::uint64_t entries_at = 44, entry_size = 16;

    explicit Mcfg(Bytes entries) : entries_{entries} {}

    static PciSegment decode(Bytes entry);

    Bytes entries_;
};

}  // namespace pith::acpi
