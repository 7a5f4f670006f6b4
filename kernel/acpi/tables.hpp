// All that the system wants to know of ACPI, read once.
//
// Needs:     root_table, fadt, madt, hpet, mcfg, soft_off.
// Promises:  what is wrong with a table is reported, and that table is as absent. Nothing is copied but
//            numbers: the views (MADT, MCFG) point into the tables, which stay where firmware put them.
// Reference: ACPI Specification, "Overview of the System Description Table Architecture".
#pragma once

#include "acpi/fadt.hpp"
#include "acpi/hpet.hpp"
#include "acpi/madt.hpp"
#include "acpi/mcfg.hpp"
#include "acpi/root_table.hpp"
#include "acpi/soft_off.hpp"

namespace pith::acpi {

// What each part being absent means for whoever asks is said here, and nowhere decided.
struct Tables {
    std::optional<RootTable> root;  // no ACPI at all: an old PC, with one processor
    std::optional<Madt> madt;       // only the boot processor is known, and the two 8259s
    std::optional<Fadt> fadt;   // no power off; a keyboard controller is assumed, and reset goes through it
    std::optional<Table> dsdt;  // no power off
    std::optional<SoftOff> soft_off;  // no power off
    std::optional<Hpet> hpet;         // time comes from the ACPI timer, else from the PIT
    std::optional<Mcfg> mcfg;         // PCI configuration goes through ports 0xcf8 and 0xcfc
};

// Reads this table into its place. Others are of no interest; of two with one signature the first counts.
std::expected<void, TableError> keep(Tables& tables, Table const& table);

// The table that the FADT leads to, which is in no list.
template <TableMemory Memory>
void read_dsdt(Memory& memory, Tables& tables, auto&& report) {
    if (!tables.fadt || !tables.fadt->dsdt) return;
    auto const dsdt = read_table(memory, *tables.fadt->dsdt);
    if (!dsdt) return report(dsdt.error());
    if (dsdt->signature() != Signature{"DSDT"})
        return report(dsdt->error(Problem::wrong_signature, 0, dsdt->template at<std::uint32_t>(0)).error());
    tables.dsdt         = *dsdt;
    auto const soft_off = find_soft_off(*dsdt);
    if (!soft_off) return report(soft_off.error());
    tables.soft_off = *soft_off;
}

// All that the root pointer leads to. Calls `report(error)` for whatever is wrong.
template <TableMemory Memory>
Tables read_tables(Memory& memory, RootPointer const& pointer, auto&& report) {
    Tables tables;
    tables.root = read_root_table(memory, pointer, report);
    if (!tables.root) return tables;
    auto const keep_or_report = [&](Table const& table) {
        if (auto const kept = keep(tables, table); !kept) report(kept.error());
    };
    for_each_table(memory, *tables.root, keep_or_report, report);
    read_dsdt(memory, tables, report);
    return tables;
}

}  // namespace pith::acpi
