#include "acpi/power.hpp"

#include "acpi/register.hpp"
#include "acpi/start.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/halt.hpp"

namespace pith::acpi {
namespace {

// The PM1 control register.
//
//    15 14   13     12 ... 10   9 ... 1     0
//   +-----+--------+----------+---------+--------+
//   |     | SLP_EN | SLP_TYP  |         | SCI_EN |
//   +-----+--------+----------+---------+--------+
constexpr std::uint16_t sci_enabled = 1 << 0, sleep_enable = 1 << 13, sleep_type_mask = 7 << 10;
constexpr unsigned sleep_type_shift = 10;

// The sleep control register of reduced hardware: the same two fields, elsewhere.
constexpr std::uint8_t control_sleep_enable = 1 << 5;
constexpr unsigned control_type_shift       = 2;

// How often something is looked at that should happen at once. A port takes about a microsecond.
constexpr int patience = 1'000'000;

using Pm1Control = Register<std::uint16_t>;

// Firmware that has kept the registers so far hands them over when it is told to.
bool enable(Fadt const& fadt, Pm1Control const& control) {
    auto const is_enabled = [&] { return (control.read() & sci_enabled) != 0; };
    if (is_enabled() || !fadt.smi_command) return true;
    cpu::Port<std::uint8_t>{fadt.smi_command->port}.write(fadt.smi_command->enable);
    for (int look = 0; look < patience; ++look) {
        if (is_enabled()) return true;
    }
    return false;
}

void write_sleep_type(Pm1Control const& control, std::uint8_t type) {
    auto const others = control.read() & ~(sleep_type_mask | sleep_enable);
    control.write(static_cast<std::uint16_t>(others | type << sleep_type_shift | sleep_enable));
}

// What was written takes its time.
PowerProblem wait_for_the_end() {
    for (int look = 0; look < patience; ++look) cpu::pause();
    return PowerProblem::no_effect;
}

PowerProblem power_off_by_pm1(Fadt const& fadt, SoftOff types) {
    if (!fadt.pm1a_control) return PowerProblem::not_described;
    auto const first = Pm1Control::reach(*fadt.pm1a_control);
    auto const second =
        fadt.pm1b_control.and_then([](GenericAddress const& where) { return Pm1Control::reach(where); });
    if (!first || (fadt.pm1b_control && !second)) return PowerProblem::not_reached;
    if (!enable(fadt, *first)) return PowerProblem::not_enabled;
    write_sleep_type(*first, types.type_a);
    if (second) write_sleep_type(*second, types.type_b);
    return wait_for_the_end();
}

PowerProblem power_off_by_sleep_control(Fadt const& fadt, SoftOff types) {
    if (!fadt.sleep_control) return PowerProblem::not_described;
    auto const control = Register<std::uint8_t>::reach(*fadt.sleep_control);
    if (!control) return PowerProblem::not_reached;
    control->write(static_cast<std::uint8_t>(types.type_a << control_type_shift | control_sleep_enable));
    return wait_for_the_end();
}

void reset_by_table(Fadt const& fadt) {
    if (!fadt.reset) return;
    auto const where = Register<std::uint8_t>::reach(fadt.reset->where);
    if (!where) return;
    where->write(fadt.reset->value);
    static_cast<void>(wait_for_the_end());
}

// The keyboard controller can pull the processor's reset line.
void reset_by_keyboard_controller() {
    constexpr cpu::Port<std::uint8_t> command{0x64};
    constexpr std::uint8_t input_full = 1 << 1, pulse_reset = 0xfe;
    for (int look = 0; look < patience && (command.read() & input_full) != 0; ++look) cpu::pause();
    command.write(pulse_reset);
    static_cast<void>(wait_for_the_end());
}

// The reset control register that Intel's chipsets, and those like them, have: first what kind, then do it.
void reset_by_chipset() {
    constexpr cpu::Port<std::uint8_t> control{0xcf9};
    constexpr std::uint8_t hard = 1 << 1, reset = 1 << 2;
    control.write(hard);
    control.write(hard | reset);
    static_cast<void>(wait_for_the_end());
}

// Without an interrupt table no exception can be raised, nor the one for that: the processor shuts down, and
// what is around it resets it.
[[noreturn]] void reset_by_triple_fault() {
    cpu::load_interrupt_table({.limit = 0, .base = 0});
    __builtin_trap();
}

}  // namespace

std::string_view explain(PowerProblem problem) {
    switch (problem) {
        case PowerProblem::not_described: return "the machine does not say how it is switched off";
        case PowerProblem::not_reached:   return "the register that switches the machine off cannot be mapped";
        case PowerProblem::not_enabled:   return "the firmware does not let go of the power registers";
        case PowerProblem::no_effect:     return "the machine was told to switch off, and did not";
    }
    return "unknown problem";
}

PowerProblem power_off() {
    auto const& known = tables();
    if (!known.fadt || !known.soft_off) return PowerProblem::not_described;
    cpu::InterruptGuard const guard;
    return known.fadt->features.is_hardware_reduced()
               ? power_off_by_sleep_control(*known.fadt, *known.soft_off)
               : power_off_by_pm1(*known.fadt, *known.soft_off);
}

void restart() {
    cpu::disable_interrupts();
    auto const& fadt = tables().fadt;
    if (fadt) reset_by_table(*fadt);
    if (!fadt || fadt->boot.has_keyboard_controller()) reset_by_keyboard_controller();
    reset_by_chipset();
    reset_by_triple_fault();
}

}  // namespace pith::acpi
