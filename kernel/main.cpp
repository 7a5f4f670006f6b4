// The whole system: what boots from out/pith.iso.
//
// It starts the layers in their order, says what it found, and (for now) stops.
#include "boot/handoff.hpp"
#include "console/ansi.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/cpuid.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;

namespace {

void print_machine(boot::Handoff const& handoff) {
    console::println("  loader     {}", handoff.loader_name);
    console::println("  processor  {}", cpu::ProcessorName{}.text());
    if (!handoff.command_line.empty()) console::println("  command    {}", handoff.command_line);
    for (auto const& module : handoff.modules)
        console::println("  module     {}: {}", module.content, module.text);
    if (handoff.framebuffer) {
        auto const& screen = *handoff.framebuffer;
        console::println("  screen     {} x {}, {} bits", screen.width, screen.height, screen.bits_per_pixel);
    }
    if (handoff.acpi_rsdp) console::println("  ACPI       {}", *handoff.acpi_rsdp);
    console::println("  kernel     {}", handoff.image);
}

void print_memory(boot::MemoryMap const& map) {
    std::uint64_t usable = 0;
    console::println("\nMemory, as the firmware describes it:");
    for (auto const area : map.areas()) {
        console::println("  {:#018x} {:>12} KiB  {}", area.start, area.size / 1024, boot::name_of(area.kind));
        if (area.kind == boot::MemoryKind::usable) usable += area.size;
    }
    console::println("  usable in all: {} MiB", usable / (1024 * 1024));
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    console::println("{}Pith{} greets you.\n", console::ansi::bold_green, console::ansi::reset);

    auto const handoff = console::adopt_handoff(start);
    print_machine(handoff);
    print_memory(handoff.memory_map);

    console::println("\nThere is nothing more to do. The machine stops.");
    cpu::halt_forever();
}
