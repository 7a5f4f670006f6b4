// This machine's tables: found, read and kept.
//
// Needs:     tables; boot (handoff), paging (the kernel's own map), console.
// Promises:  what is wrong with a table is printed, and the machine goes on without it.
#pragma once

#include "acpi/tables.hpp"
#include "boot/handoff.hpp"

namespace pith::acpi {

// Where the loader says, or where a BIOS leaves it. Call it when the kernel has its own map.
void start(boot::Handoff const& handoff);

// What `start` found; nothing before.
Tables const& tables();

// The tables, one line each; and what they say, in one.
void print_tables();
void print_summary();

}  // namespace pith::acpi
