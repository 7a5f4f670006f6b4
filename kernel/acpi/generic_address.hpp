// A register, wherever it is: in memory, at an I/O port, or in a PCI device's configuration space.
//
//   +0  space   +1  width in bits   +2  first bit   +3  how it is accessed   +4  address (8 bytes)
//
// How wide our registers are the specification says for each, so the width that stands here is believed for
// counters only.
//
// Needs:     table.
// Promises:  a GenericAddress lies inside its space.
// Reference: ACPI Specification, "Generic Address Structure (GAS)".
#pragma once

#include "acpi/table.hpp"

#include <utility>

namespace pith::acpi {

enum class Space : std::uint8_t { memory = 0, port = 1, pci_configuration = 2 };

struct GenericAddress {
    static constexpr std::uint64_t size = 12;

    Space space;
    std::uint8_t bits;
    std::uint64_t address;

    static constexpr GenericAddress port(std::uint16_t number, std::uint8_t bits = 8) {
        return {Space::port, bits, number};
    }
    // What stands at `offset` of the table: nothing, if the address is 0 or the table ends before.
    static std::expected<std::optional<GenericAddress>, TableError> read(Table const& table,
                                                                         std::uint64_t offset);

    bool operator==(GenericAddress const&) const = default;
};

// The parts of an address in PCI configuration space. All such registers are on bus 0.
struct PciRegister {
    std::uint8_t device, function;
    std::uint16_t offset;

    constexpr explicit PciRegister(std::uint64_t address)
        : device{static_cast<std::uint8_t>(address >> 32)},
          function{static_cast<std::uint8_t>(address >> 16)},
          offset{static_cast<std::uint16_t>(address)} {}
    constexpr std::uint64_t address() const {
        return std::uint64_t{device} << 32 | std::uint64_t{function} << 16 | offset;
    }
    // Whether ports 0xcf8 and 0xcfc reach it.
    constexpr bool is_reachable() const { return device < 32 && function < 8 && offset < 256; }
};
static_assert(PciRegister{0x1f'0007'00ac}.device == 0x1f && PciRegister{0x1f'0007'00ac}.function == 7 &&
              PciRegister{0x1f'0007'00ac}.offset == 0xac);
static_assert(PciRegister{0x1f'0007'00ac}.is_reachable() && !PciRegister{0x20'0000'0000}.is_reachable());

}  // namespace pith::acpi
