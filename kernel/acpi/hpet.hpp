// The table of the high-precision event timer (HPET).
//
// Needs:     generic_address.
// Promises:  the timer's registers are in memory.
// Reference: IA-PC HPET (High Precision Event Timers) Specification, "The ACPI 2.0 HPET Description Table
//            (HPET)".
#pragma once

#include "acpi/generic_address.hpp"

namespace pith::acpi {

struct Hpet {
    static constexpr Signature signature{"HPET"};

    PhysAddr address;
    std::uint8_t number;         // among the machine's HPETs
    std::uint16_t minimum_tick;  // what a periodic timer must not go below, in ticks

    static std::expected<Hpet, TableError> read(Table const& table);
    bool operator==(Hpet const&) const = default;
};

}  // namespace pith::acpi
