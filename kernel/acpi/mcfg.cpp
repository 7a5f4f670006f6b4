#include "acpi/mcfg.hpp"

namespace pith::acpi {
namespace {

constexpr std::uint64_t number_at = 8, first_bus_at = 10, last_bus_at = 11;

}  // namespace

PciSegment Mcfg::decode(Bytes entry) {
    return {.base      = PhysAddr{load<std::uint64_t>(entry, 0).value()},
            .number    = load<std::uint16_t>(entry, number_at).value(),
            .first_bus = load<std::uint8_t>(entry, first_bus_at).value(),
            .last_bus  = load<std::uint8_t>(entry, last_bus_at).value()};
}

std::expected<Mcfg, TableError> Mcfg::read(Table const& all) {
    auto const table = all.of_size(entries_at);
    if (!table) return std::unexpected{table.error()};
    auto const size = table->bytes.size();
    if (auto const rest = (size - entries_at) % entry_size; rest != 0)
        return table->error(Problem::wrong_entry_length, size - rest, rest);
    for (auto offset = entries_at; offset < size; offset += entry_size) {
        auto const base = table->checked_address(offset, table->at<std::uint64_t>(offset));
        if (!base) return std::unexpected{base.error()};
        auto const last_bus = table->at<std::uint8_t>(offset + last_bus_at);
        if (last_bus < table->at<std::uint8_t>(offset + first_bus_at))
            return table->error(Problem::backward_range, offset + last_bus_at, last_bus);
    }
    return Mcfg{table->bytes.subspan(entries_at)};
}

}  // namespace pith::acpi
