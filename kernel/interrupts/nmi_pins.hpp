// Which of a local APIC's two pins gets NMIs.
//
// Needs:     acpi (MADT).
// Reference: ACPI Specification, "Local APIC NMI Structure", "Local x2APIC NMI Structure".
#pragma once

#include "acpi/madt.hpp"

#include <algorithm>

namespace pith::interrupts {

// Firmware numbers processors in its own way: whether this number is that of the local APIC with this id.
inline bool is_processor(acpi::Madt const& madt, std::uint32_t number, std::uint32_t apic) {
    auto const matches = [&](auto const& entry) {
        return entry.is_enabled() && entry.processor == number && entry.id == apic;
    };
    return std::ranges::any_of(madt.all<acpi::LocalApic>(), matches) ||
           std::ranges::any_of(madt.all<acpi::LocalX2Apic>(), matches);
}

// Calls `use(pin, flags)` for each entry that is for the local APIC with this id: for all, or for its own
// processor.
inline void for_each_nmi_pin(acpi::Madt const& madt, std::uint32_t apic, auto&& use) {
    auto const use_its = [&]<typename Nmi>(Nmi const& nmi) {
        if (nmi.processor == Nmi::all_processors || is_processor(madt, nmi.processor, apic))
            use(nmi.pin, nmi.flags);
    };
    std::ranges::for_each(madt.all<acpi::LocalApicNmi>(), use_its);
    std::ranges::for_each(madt.all<acpi::LocalX2ApicNmi>(), use_its);
}

}  // namespace pith::interrupts
