// This machine's tables: found, read and kept.
//
// Needs:     tables; boot (handoff), paging (the kernel's own map), console.
// Promises:  what is wrong with a table is printed and logged, and the machine goes on without it.
#pragma once

#include "acpi/tables.hpp"
#include "boot/handoff.hpp"

#include <vector>

namespace pith::acpi {

// Where the loader says, or where a BIOS leaves it. Call it when the kernel has its own map.
void start(boot::Handoff const& handoff);

// What `start` found; nothing before.
Tables const& tables();

// Every table that the root lists, itself first, and the DSDT last: read anew, or what is wrong with it. None
// where there is no root.
std::vector<std::expected<Table, TableError>> listed_tables();

// The tables, one line each; and what they say, in one.
void print_tables();
void print_summary();

}  // namespace pith::acpi
