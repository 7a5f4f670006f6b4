#include "acpi/hpet.hpp"

namespace pith::acpi {

std::expected<Hpet, TableError> Hpet::read(Table const& all) {
    constexpr std::uint64_t register_at = 40, number_at = 52, tick_at = 53, min_size = 56;
    auto const table = all.of_size(min_size);
    if (!table) return std::unexpected{table.error()};
    auto const where = GenericAddress::read(*table, register_at);
    if (!where) return std::unexpected{where.error()};
    if (!*where) return table->error(Problem::no_address, register_at + 4, 0);
    if ((*where)->space != Space::memory)
        return table->error(Problem::wrong_space, register_at, std::to_underlying((*where)->space));
    return Hpet{.address      = PhysAddr{(*where)->address},
                .number       = table->at<std::uint8_t>(number_at),
                .minimum_tick = table->at<std::uint16_t>(tick_at)};
}

}  // namespace pith::acpi
