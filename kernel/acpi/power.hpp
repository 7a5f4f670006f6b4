// Switching the machine off, and starting it anew.
//
// Needs:     start (the tables), register; cpu (ports).
// Reference: ACPI Specification, "Waking and Sleeping", "Sleep Control Register", "Reset Register".
#pragma once

#include <cstdint>
#include <string_view>

namespace pith::acpi {

enum class PowerProblem : std::uint8_t {
    not_described,  // the tables do not say how
    not_reached,    // a register that cannot be mapped
    not_enabled,    // the firmware keeps the registers for itself
    no_effect,      // all was done, and the machine runs on
};
std::string_view explain(PowerProblem problem);

// Switches the machine off; returns only if that cannot be done. Call it when nothing needs to be kept.
PowerProblem power_off();

// Resets the machine: as its tables say, by the keyboard controller, by the chipset, and last by a triple
// fault, which no processor survives.
[[noreturn]] void restart();

}  // namespace pith::acpi
