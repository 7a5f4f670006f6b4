// The benchmark kernel: what interrupts, timers and the clock cost, in instructions of the guest.
//
// Run by `./pith bench interrupts`. The local APIC's timer counts nanoseconds, and so instructions: it
// strikes in the midst of a loop of known length.
#include "acpi/start.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/hidden.hpp"
#include "cpu/interrupts.hpp"
#include "cpu/msr.hpp"
#include "exceptions/gate.hpp"
#include "interrupts/start.hpp"
#include "measure.hpp"
#include "memory/direct_map.hpp"
#include "moved_timers.hpp"
#include "start_memory.hpp"
#include "time/clock.hpp"

using namespace pith;
using namespace std::chrono_literals;
using bench::figure;
using bench::median_of;
using time::Clock;

extern "C" {
// As floor.S reads it.
struct FloorTimer {
    FloorTimer* next;
    std::uint64_t due;
    void (*callback)();
};

// floor.S, and what it knows by name.
void floor_interrupt_entry();
void floor_timer_entry();
void floor_latency_entry();
void floor_nothing();
constinit std::uint64_t floor_end_register = 0;
constinit FloorTimer* floor_first_timer    = nullptr;
constinit std::uint32_t arrived            = 0;
}

namespace {

// -- Being interrupted -------------------------------------------------------------------------------------

constexpr std::uint32_t turns = 4000, strike_after = 3000, never = 1'000'000'000;

// The program that is interrupted: two instructions a turn.
void spin() {
    auto left = turns;
    asm volatile("2: dec ecx\n jnz 2b" : "+c"(left) : : "eax", "edx", "memory");
}

// What an interrupt costs the program that it strikes: from there until it goes on.
std::uint32_t cost_of_interrupt(auto&& prepare_strike, auto&& prepare_none) {
    auto const undisturbed = median_of(spin, prepare_none);
    median_of(spin, prepare_strike);
    return median_of(spin, prepare_strike) - undisturbed;
}

void strike() { interrupts::local_apic()->start_timer(strike_after); }

std::uint32_t cost_of_strike(auto&& prepare_strike) {
    return cost_of_interrupt(prepare_strike, [] { interrupts::local_apic()->start_timer(never); });
}

// How long after the timer was started the handler noted its arrival.
std::uint32_t arrival() {
    constinit static std::uint32_t started = 0;
    for (auto& sample : bench::samples) {
        started = static_cast<std::uint32_t>(cpu::unordered_time_stamp());
        strike();
        spin();
        sample = arrived - started;
    }
    return bench::median(bench::samples);
}

void note_arrival() { arrived = static_cast<std::uint32_t>(cpu::unordered_time_stamp()); }

// Puts a hand-written entry into the interrupt table in the place of ours.
void enter_at(std::uint8_t vector, void (*entry)()) {
    auto const slot = cpu::interrupt_table().base + std::size_t{vector} * sizeof(exceptions::Gate);
    // SAFETY: because it is the processor's own table, and the vector lies inside it.
    *reinterpret_cast<exceptions::Gate*>(slot) = exceptions::Gate::interrupt(
        VirtAddr{reinterpret_cast<void const*>(entry)}, exceptions::InterruptStack::none);
}

std::uint8_t take_timer(interrupts::Handler handler) {
    auto const vector = interrupts::take_vector("benchmark", handler).value();
    interrupts::local_apic()->set(interrupts::LocalApic::Entry::timer, interrupts::LocalVector::to(vector));
    return vector;
}

void measure_interrupts() {
    auto const vector = take_timer([] {});
    figure("interrupt", cost_of_strike(strike));
    auto const noting = take_timer(note_arrival);
    auto const ours   = arrival();
    enter_at(noting, floor_latency_entry);
    figure("latency", ours - arrival());
    enter_at(vector, floor_interrupt_entry);
    interrupts::local_apic()->set(interrupts::LocalApic::Entry::timer, interrupts::LocalVector::to(vector));
    figure("interrupt-floor", cost_of_strike(strike));
    enter_at(vector, floor_timer_entry);
    figure("timer-interrupt-floor", cost_of_strike([] {
               constinit static FloorTimer timer{.next = nullptr, .due = 0, .callback = floor_nothing};
               floor_first_timer = &timer;
               strike();
           }));
}

// -- Timers ------------------------------------------------------------------------------------------------

// The clock's floor: steps of the time-stamp counter, made nanoseconds by one multiplication.
struct FloorClock {
    std::uint64_t start = 0, nanoseconds_a_step = std::uint64_t{1} << 32;

    std::uint64_t now() const {
        auto const steps = cpu::unordered_time_stamp() - start;
        return static_cast<std::uint64_t>(static_cast<unsigned __int128>(steps) * nanoseconds_a_step >> 32);
    }
};

void measure_timers() {
    bench::IdleTimer timer;
    figure("timer-interrupt",
           cost_of_interrupt([&] { time::set_after(timer, 3us); }, [&] { time::set_after(timer, 1h); }));
    time::cancel(timer);
    bench::report("clock", [] { static_cast<void>(Clock::now()); });
    bench::report("clock-floor", [] {
        constinit static FloorClock clock;
        static_cast<void>(cpu::hidden(cpu::hidden(&clock)->now()));
    });
    figure("move-1", bench::cost_of_moving_one_of(2));
    figure("move-100", bench::cost_of_moving_one_of(101));
    figure("move-10000", bench::cost_of_moving_one_of(10'001));
}

}  // namespace

void kernel_main(boot::Start start) {
    acpi::start(bench::start_memory(start));
    interrupts::start(acpi::tables());
    auto const apic    = cpu::read_msr(cpu::Msr::apic_base) & ~std::uint64_t{0xfff};
    floor_end_register = in_direct_map(PhysAddr{apic + 0xb0}).value();
    time::start(acpi::tables());
    cpu::enable_interrupts();
    measure_timers();
    measure_interrupts();
    bench::finish();
}
