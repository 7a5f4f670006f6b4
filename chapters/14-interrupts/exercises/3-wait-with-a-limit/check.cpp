// Checks exercise 14.3. What is waited for comes at the worst moment: right after the look.
#include "acpi/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "frames/start.hpp"
#include "interrupts/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <atomic>

using namespace pith;
using namespace std::chrono_literals;
using console::println;
using time::Clock;

namespace {

constinit std::atomic<bool> came      = false;
constinit std::atomic<unsigned> looks = 0;
// Whether an interrupt that can come between the look and whatever follows it does come there.
constinit bool is_unlucky = false;

bool happened() {
    ++looks;
    bool const seen = came;
    if (is_unlucky && cpu::are_interrupts_enabled()) {
        for (auto const end = Clock::now() + 100ms; !came && Clock::now() < end;) cpu::pause();
    }
    return seen;
}

struct Outcome {
    bool result;
    Clock::duration took;
};

// It happens after `wait`, or never.
Outcome try_it(std::optional<Clock::duration> wait, Clock::duration limit) {
    came = false, looks = 0;
    time::Timer event{[](time::Timer&) { came = true; }};
    auto const begin = Clock::now();
    if (wait) time::set_after(event, *wait);
    bool const result = exercise::wait_until(happened, limit);
    auto const took   = Clock::now() - begin;
    time::cancel(event);
    return {.result = result, .took = took};
}

bool expect(bool is_so, std::string_view otherwise) {
    if (!is_so) println("{}", otherwise);
    return is_so;
}

bool sees_what_comes_after_the_look() {
    is_unlucky              = true;
    auto const [seen, took] = try_it(2ms, 3s);
    is_unlucky              = false;
    return expect(seen, "it happened, and wait_until says it did not") &&
           expect(took < 1s, "it happened between the look and the halt, and was slept through");
}

bool halts() {
    auto const [seen, took] = try_it(50ms, 10s);
    if (looks > 20) println("it looked {} times in 50 ms", looks.load());
    return expect(seen && took >= 50ms, "it came back before it happened") &&
           expect(looks <= 20, "the processor should stop between two looks");
}

bool gives_up() {
    auto const [seen, took] = try_it(std::nullopt, 30ms);
    return expect(!seen, "it did not happen, and wait_until says it did") &&
           expect(took >= 30ms, "it gave up too early") && expect(took < 2s, "it gave up too late");
}

bool looks_first() {
    came                = true;
    looks               = 0;
    auto const begin    = Clock::now();
    bool const result   = exercise::wait_until(happened, 5s);
    bool const was_fast = Clock::now() - begin < 1s;
    return expect(result && was_fast, "it had happened before, and wait_until waits all the same");
}

bool leaves_interrupts(bool are_on) {
    if (are_on)
        cpu::enable_interrupts();
    else
        cpu::disable_interrupts();
    bool const seen = try_it(3ms, 5s).result;
    bool const kept = cpu::are_interrupts_enabled() == are_on;
    cpu::enable_interrupts();
    return expect(seen && kept,
                  are_on ? "interrupts were on, and are off now" : "interrupts were off, and are on now");
}

// Each at another moment between the call and the halt.
bool misses_none_of_many() {
    for (int round = 0; round < 2000; ++round) {
        auto const [seen, took] = try_it(round % 400 * 50ns, 3s);
        if (!seen || took > 1s) return expect(false, "one of many was slept through");
    }
    return true;
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
    bool const is_solved = looks_first() && halts() && gives_up() && sees_what_comes_after_the_look() &&
                           leaves_interrupts(true) && leaves_interrupts(false) && misses_none_of_many();
    if (is_solved) println("solved");
    cpu::halt_forever();
}
