// The whole system: what boots from out/pith.iso.
//
// It starts the layers in their order, says what it found, and then does what is typed at its prompt.
#include "acpi/start.hpp"
#include "base/printable.hpp"
#include "boot/handoff.hpp"
#include "boot/image.hpp"
#include "boot/placement.hpp"
#include "console/ansi.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/cpuid.hpp"
#include "cpu/halt.hpp"
#include "exceptions/shadow_stacks.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "input/start.hpp"
#include "interrupts/start.hpp"
#include "paging/audit.hpp"
#include "paging/kernel_map.hpp"
#include "paging/protection.hpp"
#include "paging/regions.hpp"
#include "paging/seal.hpp"
#include "runtime/stack_protector.hpp"
#include "screen/start.hpp"
#include "shell/shell.hpp"
#include "tasks/start.hpp"
#include "time/clock.hpp"

using namespace pith;

namespace {

void print_machine(boot::Handoff const& handoff) {
    console::println("  loader     {}", Printable{handoff.loader_name});
    console::println("  processor  {}", cpu::ProcessorName{}.text());
    if (!handoff.command_line.empty()) console::println("  command    {}", Printable{handoff.command_line});
    for (auto const& module : handoff.modules)
        console::println("  module     {}: {}", module.content, Printable{module.text});
    console::println("  kernel     {}", handoff.image);
    console::println("  KASLR      {}", boot::explain(boot::places().draw));
}

// From here on the kernel owns its memory, and can read what firmware left in it.
void start_memory(boot::Handoff const& handoff) {
    frames::start(handoff);
    paging::start(handoff);
    screen::start(handoff);
}

// What interrupts, what time it is, and what there is to type on: as firmware describes the machine.
void start_devices(boot::Handoff const& handoff) {
    acpi::start(handoff);
    acpi::print_summary();
    interrupts::start(acpi::tables());
    interrupts::print_controllers();
    time::start(acpi::tables());
    time::print_clock();
    input::start();
}

void print_memory(boot::Handoff const& handoff) {
    console::println("");
    frames::print_memory(handoff.memory_map, frames::reservations_of(handoff, boot::image_after_boot()));
    if (handoff.command_line.contains("pages-for-programs")) paging::print_pages_for_programs();
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    paging::shut_out_users();
    console::start();
    console::println("{}Pith{} greets you.\n", console::ansi::bold_green, console::ansi::reset);
    exceptions::start();
    exceptions::install_default_handlers();

    static auto const handoff = console::adopt_handoff(start);
    print_machine(handoff);
    exceptions::prepare_shadow_stacks();
    start_memory(handoff);
    exceptions::use_shadow_stacks();  // here, for this function never returns
    exceptions::print_shadow_stacks();
    start_devices(handoff);
    shell::know_handoff(handoff);
    auto const prompt = shell::start(handoff.command_line);

    // All has started: handlers, hooks and tables stay as they are.
    paging::seal();
    paging::audit_kernel();
    print_memory(handoff);
    console::println("\nType {}help{} to see what there is to ask.", console::ansi::bold,
                     console::ansi::reset);
    tasks::run_until_end(prompt);
    cpu::halt_forever();
}
