#include "acpi/table.hpp"

namespace pith::acpi {

std::uint8_t sum_of(Bytes bytes) {
    unsigned sum = 0;
    for (auto const byte : bytes) sum += std::to_integer<unsigned>(byte);
    return static_cast<std::uint8_t>(sum);
}

std::expected<std::uint32_t, TableError> checked_length(PhysAddr address, Bytes header) {
    Table const begun{address, header};
    auto const length = begun.at<std::uint32_t>(4);
    if (length < Table::header_size || length > Table::max_size)
        return begun.error(Problem::wrong_length, 4, length);
    return length;
}

std::expected<Table, TableError> checked_sum(Table const& table) {
    if (auto const sum = sum_of(table.bytes); sum != 0) return table.error(Problem::wrong_sum, 9, sum);
    return table;
}

}  // namespace pith::acpi
