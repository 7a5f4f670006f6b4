#include "acpi/tables.hpp"

namespace pith::acpi {
namespace {

template <typename Part>
std::expected<void, TableError> keep_if(Table const& table, std::optional<Part>& place) {
    if (place || table.signature() != Part::signature) return {};
    return Part::read(table).transform([&](Part const& part) { place = part; });
}

}  // namespace

std::expected<void, TableError> keep(Tables& tables, Table const& table) {
    return keep_if(table, tables.madt)
        .and_then([&] { return keep_if(table, tables.fadt); })
        .and_then([&] { return keep_if(table, tables.hpet); })
        .and_then([&] { return keep_if(table, tables.mcfg); });
}

}  // namespace pith::acpi
