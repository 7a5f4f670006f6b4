// Checks exercise 14.1: counts ticks while another clock tells the time. A busy host loses some, so there is
// room below.
#include "acpi/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"
#include "time/clock.hpp"

#include <atomic>

using namespace pith;
using namespace std::chrono_literals;
using console::println;

namespace {

constinit std::atomic<unsigned> ticks = 0;

bool ticks_at(unsigned hertz, std::chrono::milliseconds duration) {
    exercise::start_ticking(hertz, [] { ++ticks; });
    time::halt_for(20ms);  // what the timer did before is over
    ticks = 0;
    time::halt_for(duration);
    auto const counted = ticks.load(), wanted = hertz * static_cast<unsigned>(duration.count()) / 1000;
    println("{} Hz for {} ms: {} ticks", hertz, duration.count(), counted);
    if (counted < wanted / 2) println("that is too few: about {} should come", wanted);
    if (counted > wanted + wanted / 10 + 2) println("that is too many: about {} should come", wanted);
    bool const is_taken = !interrupts::take(interrupts::IsaLine::timer, "nobody", [] {}).has_value();
    if (!is_taken) println("nobody has taken the timer's line");
    interrupts::release(interrupts::IsaLine::timer);
    return is_taken && counted >= wanted / 2 && counted <= wanted + wanted / 10 + 2;
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    acpi::start(handoff);
    interrupts::start(acpi::tables());
    time::start(acpi::tables());
    cpu::enable_interrupts();
    if (ticks_at(100, 600ms) && ticks_at(40, 600ms) && ticks_at(1000, 300ms)) println("solved");
    cpu::halt_forever();
}
