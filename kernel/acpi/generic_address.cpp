#include "acpi/generic_address.hpp"

namespace pith::acpi {
namespace {

bool is_inside(GenericAddress const& where) {
    switch (where.space) {
        case Space::memory: return PhysAddr::checked(where.address).has_value();
        case Space::port:   return where.address <= 0xffff;
        case Space::pci_configuration:
            return PciRegister{where.address}.address() == where.address &&
                   PciRegister{where.address}.is_reachable();
    }
    return false;
}

}  // namespace

std::expected<std::optional<GenericAddress>, TableError> GenericAddress::read(Table const& table,
                                                                              std::uint64_t offset) {
    if (!table.reaches(offset + size)) return std::nullopt;
    GenericAddress const where{.space   = Space{table.at<std::uint8_t>(offset)},
                               .bits    = table.at<std::uint8_t>(offset + 1),
                               .address = table.at<std::uint64_t>(offset + 4)};
    if (where.address == 0) return std::nullopt;
    if (where.space > Space::pci_configuration)
        return table.error(Problem::wrong_space, offset, std::to_underlying(where.space));
    if (!is_inside(where)) return table.error(Problem::address_too_large, offset + 4, where.address);
    return where;
}

}  // namespace pith::acpi
