// The fixed description table (FADT, signature FACP): the registers that every machine with ACPI has, and
// what it has of a PC.
//
// It grew with each version: what an older one does not have yet is absent. Where an address stands twice, as
// a port of 32 bits and as a generic address, the latter counts.
//
// Needs:     generic_address.
// Promises:  every register lies inside its space.
// Reference: ACPI Specification, "Fixed ACPI Description Table (FADT)", "Fixed ACPI Description Table Fixed
//            Feature Flags", "IA-PC Boot Architecture Flags".
#pragma once

#include "acpi/generic_address.hpp"

namespace pith::acpi {

//    31 ... 21   20   19 ... 11       10       9        8        7 ... 0
//   +---------+------+---------+---------------+---+-------------+-------+
//   |         |HW_RED|         |RESET_REG_SUP  |   | TMR_VAL_EXT |       |
//   +---------+------+---------+---------------+---+-------------+-------+
class FeatureFlags {
public:
    constexpr explicit FeatureFlags(std::uint32_t raw) : raw_{raw} {}

    constexpr std::uint32_t raw() const { return raw_; }
    constexpr bool has_long_timer() const { return bit(8); }        // 32 bits instead of 24
    constexpr bool has_reset_register() const { return bit(10); }   // RESET_REG_SUP
    constexpr bool is_hardware_reduced() const { return bit(20); }  // no PM1 registers: sleep control instead

private:
    constexpr bool bit(unsigned number) const { return ((raw_ >> number) & 1) != 0; }

    std::uint32_t raw_;
};
static_assert(FeatureFlags{0x100}.has_long_timer() && FeatureFlags{0x400}.has_reset_register() &&
              FeatureFlags{0x10'0000}.is_hardware_reduced());
static_assert(!FeatureFlags{~0x10'0500U}.has_long_timer() &&
              !FeatureFlags{~0x10'0500U}.has_reset_register() &&
              !FeatureFlags{~0x10'0500U}.is_hardware_reduced());

//    15 ... 6      5        4 ... 3     2     1      0
//   +--------+------------+--------+-------+------+-----+
//   |        | no RTC     |        |no VGA | 8042 | ISA |
//   +--------+------------+--------+-------+------+-----+
class BootFlags {
public:
    constexpr explicit BootFlags(std::uint16_t raw) : raw_{raw} {}

    constexpr std::uint16_t raw() const { return raw_; }
    constexpr bool has_keyboard_controller() const { return bit(1); }  // an 8042, or what acts like one
    constexpr bool has_no_vga() const { return bit(2); }
    constexpr bool has_no_cmos_clock() const { return bit(5); }

private:
    constexpr bool bit(unsigned number) const { return ((raw_ >> number) & 1) != 0; }

    std::uint16_t raw_;
};
static_assert(BootFlags{2}.has_keyboard_controller() && BootFlags{4}.has_no_vga() &&
              BootFlags{0x20}.has_no_cmos_clock());
static_assert(!BootFlags{0xffd9}.has_keyboard_controller() && !BootFlags{0xffd9}.has_no_vga() &&
              !BootFlags{0xffd9}.has_no_cmos_clock());

// What to write where, so that the firmware leaves the registers to us.
struct SmiCommand {
    std::uint16_t port;
    std::uint8_t enable;

    bool operator==(SmiCommand const&) const = default;
};

struct ResetRegister {
    GenericAddress where;
    std::uint8_t value;

    bool operator==(ResetRegister const&) const = default;
};

struct Fadt {
    static constexpr Signature signature{"FACP"};
    // What ACPI 1.0 has, and every version after it.
    static constexpr std::uint64_t min_size = 116;
    // The first revision whose boot flags mean anything (ACPI 2.0).
    static constexpr std::uint8_t with_boot_flags = 3;

    std::uint8_t revision;
    std::uint16_t interrupt;  // the system control interrupt (SCI)
    std::optional<PhysAddr> dsdt;
    std::optional<SmiCommand> smi_command;       // absent: the registers are ours from the start
    std::optional<GenericAddress> pm1a_control;  // always there, unless the hardware is reduced
    std::optional<GenericAddress> pm1b_control;
    std::optional<GenericAddress> timer;  // counts 3'579'545 times a second
    std::optional<ResetRegister> reset;
    std::optional<GenericAddress> sleep_control;
    std::optional<std::uint8_t> century;  // the CMOS memory's byte that has the clock's century
    FeatureFlags features;
    BootFlags boot;  // on tables older than `with_boot_flags`: what a PC had then

    static std::expected<Fadt, TableError> read(Table const& table);

    unsigned timer_bits() const { return features.has_long_timer() ? 32 : 24; }
};

}  // namespace pith::acpi
