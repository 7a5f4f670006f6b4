// A kernel that switches its machine off; with "anew" on its command line it resets it instead. With
// "without-tables" it does not look for what firmware says.
#include "acpi/power.hpp"
#include "acpi/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    if (!handoff.command_line.contains("without-tables")) acpi::start(handoff);

    if (handoff.command_line.contains("anew")) {
        console::println("The machine starts anew.");
        acpi::restart();
    }
    console::println("The machine switches off.");
    console::println("{}", acpi::explain(acpi::power_off()));
    cpu::halt_forever();
}
