// The suites of the machine tests: one file each, named after the layer that it tests.
#pragma once

#include "boot/handoff.hpp"
#include "testing/test.hpp"

namespace pith::tests {

extern testing::Suite const boot_suite, runtime_suite, cpu_suite, console_suite, log_suite, exceptions_suite,
    call_check_suite, traps_suite, entries_suite, machine_checks_suite, frames_suite, paging_suite,
    kernel_map_suite, audit_suite, heap_suite, checked_heap_suite, address_sanitizer_suite, acpi_suite,
    interrupts_suite, time_suite, storm_suite, tasks_suite, input_suite, shell_suite, sealed_suite,
    user_pages_suite, clearing_suite;

// The handoff of the boot that is going on.
boot::Handoff const& handoff();

}  // namespace pith::tests
