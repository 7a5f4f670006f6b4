// Chapter 14: hardware interrupts. The old controllers and the new, timers, and a key.
//
// With `naive` on the command line the kernel lets interrupts in before it has spoken with a controller: the
// timer arrives as a double fault. With `no-end` its handler does not tell the controller the end: the timer
// arrives once.
#include "acpi/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "interrupts/pic.hpp"
#include "interrupts/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"
#include "time/clock.hpp"
#include "time/pit.hpp"

#include <array>
#include <atomic>

using namespace pith;
using namespace std::chrono_literals;
using console::println;
using exceptions::Resolution;
using time::Clock;

namespace {

// #region naive
void let_interrupts_in_at_once() {
    println("letting interrupts in, with the controllers as they are ...");
    cpu::enable_interrupts();
    while (true) cpu::pause();
}
// #endregion naive

// -- The old controllers -----------------------------------------------------------------------------------

// #region pic
constexpr std::uint8_t first_vector = 0x20;
constinit interrupts::Pics<cpu::PortRange> pics{cpu::PortRange{0x20}, cpu::PortRange{0xa0}};
constinit unsigned ticks = 0, spurious = 0;

Resolution on_old_line(exceptions::ExceptionFrame& frame) {
    auto const line = static_cast<unsigned>(frame.vector_number) - first_vector;
    if (!pics.is_real(line)) {
        ++spurious;
        return Resolution::resumed;
    }
    ++ticks;
    pics.end(line);  // without this there is no second one
    return Resolution::resumed;
}

// #endregion pic

// #region no-end
Resolution on_line_without_end(exceptions::ExceptionFrame&) {
    ++ticks;
    return Resolution::resumed;
}

[[noreturn]] void forget_the_end() {
    println("a handler that does not tell the controller the end ...");
    pics.start(first_vector);
    exceptions::set_interrupt_handler(first_vector, on_line_without_end);
    auto pit = time::pc_pit;
    pics.unmask(0);
    while (true) {
        pit.start(1000);
        cpu::wait_for_interrupt();
        println("  interrupts of the timer so far: {}", ticks);
    }
}
// #endregion no-end

// #region use-pic
void use_the_old_controllers() {
    pics.start(first_vector);
    println("The old controllers are at vectors {:#x} to {:#x} now, and masked.", first_vector,
            first_vector + 15);
    for (unsigned line = 0; line < pics.line_count; ++line)
        exceptions::set_interrupt_handler(static_cast<std::uint8_t>(first_vector + line), on_old_line);

    asm volatile("int 0x27");  // what the first one raises when a device has thought better of it
    println("  vector 0x27, though no line is being served: {} spurious interrupt", spurious);

    auto pit = time::pc_pit;
    pics.unmask(0);
    while (ticks < 10) {  // the first may be one that firmware's timer has left
        pit.start(1000);  // a little less than a millisecond
        cpu::wait_for_interrupt();
    }
    pics.mask(0);
    println("  the timer's line: {} interrupts", ticks);
}
// #endregion use-pic

// -- Time --------------------------------------------------------------------------------------------------

// #region timers
struct Named : time::Timer {
    explicit Named(std::string_view name) : Timer{note}, name{name} {}

    // An interrupt handler calls it: it notes, and somebody else prints.
    static void note(Timer& timer) { order[count++] = static_cast<Named&>(timer).name; }

    std::string_view name;
    static inline std::array<std::string_view, 3> order{};
    static inline std::size_t count = 0;
};

void set_timers() {
    Named late{"30 ms"}, early{"10 ms"}, middle{"20 ms"};
    auto const now = Clock::now();
    time::set(late, now + 30ms);
    time::set(early, now + 10ms);
    time::set(middle, now + 20ms);
    time::halt_until(now + 40ms);
    println("  timers that were set for 30, 10 and 20 ms: {}, {}, {}", Named::order[0], Named::order[1],
            Named::order[2]);
}
// #endregion timers

// #region sleep
std::uint64_t all_interrupts() {
    std::uint64_t sum = 0;
    interrupts::for_each_source([&](interrupts::Source const& source) { sum += source.count; });
    return sum;
}

void sleep() {
    auto const interrupts_before = all_interrupts();
    auto const begin             = Clock::now();
    time::halt_for(100ms);
    auto const slept = Clock::now() - begin;
    println("  a sleep of 100 ms: {}, {}", slept >= 100ms ? "not a nanosecond less" : "too short",
            all_interrupts() - interrupts_before < 10 ? "and nothing ticked" : "with many interrupts");
}
// #endregion sleep

// -- The keyboard ------------------------------------------------------------------------------------------

// #region tell-keyboard
constexpr cpu::Port<std::uint8_t> keyboard_data{0x60}, keyboard_status{0x64};

// Only told to interrupt, and to translate. The driver in kernel/input tests the controller first.
void let_the_keyboard_interrupt() {
    constexpr std::uint8_t output_full = 1, input_full = 2, write_settings = 0x60, settings = 0x65;
    constexpr int most_looks = 100'000;
    auto const wait_for_room = [] {
        for (int look = 0; look < most_looks && (keyboard_status.read() & input_full) != 0; ++look) {
        }
    };
    wait_for_room();
    keyboard_status.write(write_settings);
    wait_for_room();
    keyboard_data.write(settings);
    for (int look = 0; look < most_looks && (keyboard_status.read() & output_full) != 0; ++look)
        static_cast<void>(keyboard_data.read());
}
// #endregion tell-keyboard

// #region key
constinit std::array<std::uint8_t, 16> scancodes{};
constinit std::atomic<std::size_t> arrived = 0;

// The byte must be taken, or the keyboard does not interrupt again.
void on_key() {
    auto const scancode = keyboard_data.read();
    if (arrived < scancodes.size()) scancodes[arrived++] = scancode;
}

// Whether one more than `known` arrives before the timer expires. While it is looked whether to wait,
// interrupts are off: one that came between the look and the halt would be slept through.
bool wait_for_more_than(std::size_t known, time::Timer const& patience) {
    cpu::InterruptGuard const guard;
    while (arrived == known && patience.is_waiting()) cpu::wait_for_interrupt();
    return arrived != known;
}

void wait_for_a_key() {
    let_the_keyboard_interrupt();
    auto const taken = interrupts::take(interrupts::IsaLine::keyboard, "keyboard", on_key);
    if (!taken) return println("No keyboard: {}", interrupts::explain(taken.error()));
    println("\nPress a key:\nMONITOR sendkey a");  // the second line is for the test, which presses it
    time::Timer patience{[](time::Timer&) {}};
    time::set_after(patience, 30s);
    for (std::size_t known = 0; known < 2; ++known) {  // pressed, and let go
        if (!wait_for_more_than(known, patience)) break;
        println("  line 1 brought scancode {:#x}", scancodes[known]);
    }
    time::cancel(patience);
}
// #endregion key

}  // namespace

// #region main
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    if (handoff.command_line.contains("naive")) let_interrupts_in_at_once();
    if (handoff.command_line.contains("no-end")) forget_the_end();

    use_the_old_controllers();

    println("\nThe new controllers, and time:");
    frames::start(handoff);
    paging::start(handoff);
    acpi::start(handoff);
    interrupts::start(acpi::tables());
    interrupts::print_controllers();
    time::start(acpi::tables());
    time::print_clock();
    cpu::enable_interrupts();
    set_timers();
    sleep();
    wait_for_a_key();

    println("");
    interrupts::print_table();
    println("\nThat is all.");
    cpu::halt_forever();
}
// #endregion main
