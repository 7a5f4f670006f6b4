#include "acpi/root_table.hpp"

#include <ranges>

namespace pith::acpi {

std::expected<RootTable, TableError> RootTable::read(Table const& table, Signature wanted) {
    if (table.signature() != wanted)
        return table.error(Problem::wrong_signature, 0, table.at<std::uint32_t>(0));
    return RootTable{table, wanted == Signature{"XSDT"} ? sizeof(std::uint64_t) : sizeof(std::uint32_t)};
}

std::uint64_t RootTable::address_in(std::size_t index) const {
    return entry_size_ == sizeof(std::uint64_t) ? table_.at<std::uint64_t>(offset_of(index))
                                                : table_.at<std::uint32_t>(offset_of(index));
}

std::expected<PhysAddr, TableError> RootTable::entry(std::size_t index) const {
    auto const address = address_in(index);
    auto const wrong   = [&](Problem problem) { return table_.error(problem, offset_of(index), address); };
    if (address == 0) return wrong(Problem::no_address);
    if (address == table_.address.value()) return wrong(Problem::leads_back);
    for (std::size_t earlier = 0; earlier < index; ++earlier) {
        if (address_in(earlier) == address) return wrong(Problem::listed_twice);
    }
    return table_.checked_address(offset_of(index), address);
}

std::optional<TableError> RootTable::wrong_length() const {
    if (all_entries() > max_entries)
        return table_.error(Problem::too_many_entries, offset_of(max_entries), all_entries()).error();
    if (offset_of(all_entries()) != table_.bytes.size())
        return table_.error(Problem::ragged_entries, offset_of(all_entries()), table_.bytes.size()).error();
    return std::nullopt;
}

}  // namespace pith::acpi
