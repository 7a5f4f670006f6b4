#include "acpi/register.hpp"

#include "memory/direct_map.hpp"
#include "paging/kernel_map.hpp"

namespace pith::acpi {
namespace {

// The ports through which a PC reaches the configuration of its PCI devices: where, and what.
constexpr cpu::Port<std::uint32_t> configuration_address{0xcf8};
constexpr std::uint16_t configuration_data = 0xcfc;

// Chooses what the data port shows; each access does it anew.
void choose(PciRegister const& where) {
    constexpr std::uint32_t enable = std::uint32_t{1} << 31;
    configuration_address.write(enable | std::uint32_t{where.device} << 11 |
                                std::uint32_t{where.function} << 8 | (where.offset & 0xfcU));
}

}  // namespace

template <cpu::PortValue Value>
std::optional<Register<Value>> Register<Value>::reach(GenericAddress const& where) {
    if (where.space == Space::memory &&
        !paging::map_device(PhysRange::of_size(PhysAddr{where.address}, sizeof(Value))))
        return std::nullopt;
    return Register{where};
}

template <cpu::PortValue Value>
cpu::MappedRegister<Value> Register<Value>::in_memory() const {
    return cpu::MappedRegister<Value>{in_direct_map(PhysAddr{where_.address})};
}

// The port, or the one that shows the PCI device's register.
template <cpu::PortValue Value>
cpu::Port<Value> Register<Value>::port() const {
    if (where_.space == Space::port) return cpu::Port<Value>{static_cast<std::uint16_t>(where_.address)};
    PciRegister const device{where_.address};
    choose(device);
    return cpu::Port<Value>{static_cast<std::uint16_t>(configuration_data + (device.offset & 3U))};
}

template <cpu::PortValue Value>
Value Register<Value>::read() const {
    return where_.space == Space::memory ? in_memory().read() : port().read();
}

template <cpu::PortValue Value>
void Register<Value>::write(Value value) const {
    if (where_.space == Space::memory)
        in_memory().write(value);
    else
        port().write(value);
}

template class Register<std::uint8_t>;
template class Register<std::uint16_t>;
template class Register<std::uint32_t>;

}  // namespace pith::acpi
