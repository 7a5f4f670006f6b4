// The list of all tables: the XSDT, or the RSDT where there is none.
//
// Behind the header follow addresses, of 64 bits or of 32, not aligned in the XSDT. Nothing leads further
// from there but the FADT to the DSDT: so a walk over the list is a walk over all, and ends.
//
// Needs:     table, root_pointer.
// Promises:  each table is visited once, whatever the list says. What is wrong is reported, and left out.
// Reference: ACPI Specification, "Root System Description Table (RSDT)", "Extended System Description Table
//            (XSDT)".
#pragma once

#include "acpi/root_pointer.hpp"
#include "acpi/table.hpp"

namespace pith::acpi {

class RootTable {
public:
    // More than any machine that we know of has.
    static constexpr std::size_t max_entries = 256;

    static std::expected<RootTable, TableError> read(Table const& table, Signature wanted);

    Table const& table() const { return table_; }
    // How many entries it has, as far as they are looked at.
    std::size_t size() const { return std::min(all_entries(), max_entries); }
    // Where table `index` is: or why that entry is none.
    std::expected<PhysAddr, TableError> entry(std::size_t index) const;
    // What is wrong with the list's length, if something is.
    std::optional<TableError> wrong_length() const;

private:
    RootTable(Table const& table, std::uint64_t entry_size) : table_{table}, entry_size_{entry_size} {}

    std::size_t all_entries() const { return (table_.bytes.size() - Table::header_size) / entry_size_; }
    std::uint64_t offset_of(std::size_t index) const { return Table::header_size + index * entry_size_; }
    std::uint64_t address_in(std::size_t index) const;

    Table table_;
    std::uint64_t entry_size_;
};

// The list that the pointer leads to: the XSDT, and if that is wrong, the RSDT. What was wrong goes to
// `report`.
template <TableMemory Memory>
std::optional<RootTable> read_root_table(Memory& memory, RootPointer const& pointer, auto&& report) {
    auto const read = [&](std::optional<PhysAddr> address, Signature wanted) -> std::optional<RootTable> {
        if (!address) return std::nullopt;
        auto const root = read_table(memory, *address).and_then([&](Table const& table) {
            return RootTable::read(table, wanted);
        });
        if (root) return *root;
        report(root.error());
        return std::nullopt;
    };
    auto const xsdt = read(pointer.xsdt, Signature{"XSDT"});
    return xsdt ? xsdt : read(pointer.rsdt, Signature{"RSDT"});
}

// Calls `visit(table)` for each table of the list whose length and sum are right; the others' errors go to
// `report`.
template <TableMemory Memory>
void for_each_table(Memory& memory, RootTable const& root, auto&& visit, auto&& report) {
    if (auto const wrong = root.wrong_length()) report(*wrong);
    for (std::size_t index = 0; index < root.size(); ++index) {
        auto const table =
            root.entry(index).and_then([&](PhysAddr address) { return read_table(memory, address); });
        if (table)
            visit(*table);
        else
            report(table.error());
    }
}

}  // namespace pith::acpi
