// The lines of the PC's old bus (ISA), and where the machine has them now.
//
// Needs:     acpi (MADT).
// Reference: ACPI Specification, "Interrupt Source Override Structure".
#pragma once

#include "acpi/madt.hpp"

namespace pith::interrupts {

// By their numbers on that bus.
enum class IsaLine : std::uint8_t {
    timer    = 0,
    keyboard = 1,
    serial_2 = 3,
    serial_1 = 4,
    clock    = 8,
    mouse    = 12,
};

// A pin of an I/O APIC, by its number among all, and how its device signals there.
struct Pin {
    std::uint32_t interrupt;
    bool is_active_low, is_level;

    bool operator==(Pin const&) const = default;
};

// #region pins
// Calls `use(pin)` for each pin that the line may be at: the one that the table says, or else the one with
// the line's own number, active when high, edge-triggered.
//
// Without a word from the table the timer may be at pin 2 as well. There its line was wired since the first
// I/O APICs, because line 2 has no device; and QEMU's microvm has it there, and does not say so.
inline void for_each_pin(IsaLine line, acpi::Madt const& madt, auto&& use) {
    auto const number = static_cast<std::uint8_t>(line);
    for (auto const& override : madt.all<acpi::InterruptOverride>()) {
        if (override.source == number)
            return use(Pin{override.interrupt, override.flags.is_active_low(), override.flags.is_level()});
    }
    use(Pin{.interrupt = number, .is_active_low = false, .is_level = false});
    if (line == IsaLine::timer) use(Pin{.interrupt = 2, .is_active_low = false, .is_level = false});
}
// #endregion pins

}  // namespace pith::interrupts
