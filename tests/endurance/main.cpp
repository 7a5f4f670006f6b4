// The kernel of the endurance test: `seed=N minutes=M`, and `plant=NAME` for a fault in the last minute.
//
// It ends with the first minute in which something was found, or after all of them.
#include "acpi/start.hpp"
#include "console/panic.hpp"
#include "console/start.hpp"
#include "cpu/control_registers.hpp"
#include "exceptions/start.hpp"
#include "findings.hpp"
#include "frames/start.hpp"
#include "input/start.hpp"
#include "interrupts/start.hpp"
#include "lines.hpp"
#include "minute.hpp"
#include "paging/kernel_map.hpp"
#include "paging/seal.hpp"
#include "plant.hpp"
#include "runtime/stack_protector.hpp"
#include "strange_memory.hpp"
#include "tasks/start.hpp"
#include "testing/emulator_exit.hpp"
#include "testing/named_value.hpp"
#include "weather.hpp"

#include <charconv>

using namespace pith;
using namespace pith::endurance;
using testing::value_of;

namespace {

std::uint64_t number_of(std::string_view name, std::string_view command_line) {
    auto const text      = value_of(name, command_line).value_or("");
    std::uint64_t number = 0;
    if (std::from_chars(text.begin(), text.end(), number).ec != std::errc{})
        console::panic("\"{}\" is no number for \"{}\"", text, name);
    return number;
}

void start(boot::Handoff const& handoff) {
    frames::start(handoff);
    paging::start(handoff);
    acpi::start(handoff);
    interrupts::start(acpi::tables());
    time::start(acpi::tables());
    input::start();
    cpu::write_cr4(cpu::read_cr4() | cpu::cr4_fxsave);
    install_page_faults();
    install_weather();
    paging::seal();
}

void plant(std::string_view name) {
    auto const found = find_plant(name);
    if (!found) console::panic("there is no plant \"{}\"", name);
    choose(*found);
}

Task<> endure(std::uint64_t seed, std::uint64_t minutes) {
    auto const start = Clock::now();
    say("endurance begins: seed {}, {} minutes, at {} ns", seed, minutes, start.time_since_epoch().count());
    for (std::uint64_t number = 1; number <= minutes && !is_anything_found(); ++number) {
        if (number == minutes) begin_planting();
        co_await pass({.seed = seed, .number = number, .start = start + (number - 1) * 1min});
    }
}

}  // namespace

void kernel_main(boot::Start begin) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    console::set_panic_epilogue([] { testing::exit_emulator(testing::Outcome::panicked); });
    auto const handoff = console::adopt_handoff(begin);
    start(handoff);
    if (auto const name = value_of("plant", handoff.command_line)) plant(*name);
    tasks::run_until_end(tasks::spawn("endurance", endure(number_of("seed", handoff.command_line),
                                                          number_of("minutes", handoff.command_line))));
    print_findings();
    say("endurance ends at {} ns", Clock::since_start().count());
    testing::exit_emulator(is_anything_found() ? testing::Outcome::failed : testing::Outcome::passed);
}
