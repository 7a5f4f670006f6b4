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

// What there is, one line each.
void print_tables();

}  // namespace pith::acpi
