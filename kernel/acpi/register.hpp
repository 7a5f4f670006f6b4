// Reading and writing what a generic address names.
//
// Needs:     generic_address; paging, for registers in memory; cpu (ports, mapped registers).
// Reference: ACPI Specification, "Generic Address Structure (GAS)"; PCI Local Bus Specification,
//            "Configuration Mechanism #1".
#pragma once

#include "acpi/generic_address.hpp"
#include "cpu/mapped_register.hpp"
#include "cpu/port.hpp"

namespace pith::acpi {

// A register that can be reached, of as many bits as Value has.
template <cpu::PortValue Value>
class Register {
public:
    // Nothing if its memory cannot be mapped.
    static std::optional<Register> reach(GenericAddress const& where);

    Value read() const;
    void write(Value value) const;

private:
    explicit Register(GenericAddress const& where) : where_{where} {}

    cpu::Port<Value> port() const;
    cpu::MappedRegister<Value> in_memory() const;

    GenericAddress where_;
};

extern template class Register<std::uint8_t>;
extern template class Register<std::uint16_t>;
extern template class Register<std::uint32_t>;

}  // namespace pith::acpi
