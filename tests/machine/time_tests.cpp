// The machine's clock and its timers. Which they are differs by machine: the tests run on several.
#include "acpi/start.hpp"
#include "console/print.hpp"
#include "cpu/halt.hpp"
#include "interrupts/start.hpp"
#include "own_map.hpp"
#include "start_time.hpp"
#include "suites.hpp"
#include "time/clock.hpp"

#include <atomic>
#include <vector>

using namespace pith;
using namespace std::chrono_literals;
using testing::check;
using testing::check_equal;
using tests::start_time;
using time::Clock;
using time::Timer;

void tests::start_time() {
    move_into_own_map();
    acpi::start(handoff());
    interrupts::start(acpi::tables());
    time::start(acpi::tables());
}

namespace {

// One of thousands: who notes that it was called, and whether in its order.
struct Noted : Timer {
    Noted() : Timer{note} {}

    static void note(Timer& timer) {
        ++calls;
        if (Clock::since_start() < timer.deadline()) ++early;
        if (timer.deadline() < last) ++out_of_order;
        last = timer.deadline();
        if (cpu::are_interrupts_enabled()) ++with_interrupts;
    }

    static inline unsigned calls = 0, early = 0, out_of_order = 0, with_interrupts = 0;
    static inline time::Instant last{};
};

void the_clock_is_named() {
    start_time();
    time::print_clock();
}

void the_clock_is_described() {
    start_time();
    auto const before = time::description();
    check(before.rate > 1'000'000);
    check_equal(before.waiting, 0U);
    Noted one, other;
    time::set_after(one, 1h);
    time::set_after(other, 2h);
    check_equal(time::description().waiting, 2U);
    time::cancel(one);
    time::cancel(other);
    auto const after = time::description();
    check_equal(after.waiting, 0U);
    check(after.counter == before.counter && after.rate == before.rate && after.alarm == before.alarm);
}

void a_clock_that_wakes_nobody_says_why() {
    tests::move_into_own_map();
    acpi::start(tests::handoff());
    interrupts::start(acpi::tables());
    check(interrupts::take(interrupts::IsaLine::timer, "a test", [] {}).has_value());
    while (interrupts::take_vector("a test", [] {})) {
    }
    time::start(acpi::tables());
    check_equal(time::description().alarm, "nothing");
    check(Clock::now() < Clock::now() + 1ns);
}

void nobody_sleeps_where_nobody_is_woken() {
    a_clock_that_wakes_nobody_says_why();
    time::halt_for(1ms);
}

void the_clock_never_goes_back() {
    start_time();
    auto last = Clock::now();
    for (int look = 0; look < 10'000; ++look) {
        auto const now = Clock::now();
        check(now >= last);
        last = now;
    }
    check(last.time_since_epoch() > 0ns);
}

void who_sleeps_is_woken_later_and_never_earlier() {
    start_time();
    for (auto const wait : {0ns, 1ns, 1000ns, 50'000ns, 1'000'000ns, 70'000'000ns}) {
        auto const deadline = Clock::now() + wait;
        time::halt_until(deadline);
        check(Clock::now() >= deadline);
    }
    time::halt_until(Clock::time_point{});  // long ago
}

void thousands_of_timers_come_in_order() {
    start_time();
    constexpr unsigned count = 5000;
    std::vector<Noted> timers(count);
    auto const begin     = Clock::now() + 20ms;
    std::uint64_t random = 1;
    {
        cpu::InterruptGuard const guard;  // the first is called when all are set, however long that takes
        for (auto& timer : timers) {
            random = random * 6'364'136'223'846'793'005U + 1;
            time::set(timer, begin + std::chrono::nanoseconds{random >> 40});  // up to 17 ms
        }
    }
    time::halt_until(begin + 20ms);
    check_equal(Noted::calls, count);
    check_equal(Noted::early, 0U);
    check_equal(Noted::out_of_order, 0U);
    check_equal(Noted::with_interrupts, 0U);
}

void a_timer_may_set_itself_again() {
    start_time();
    static std::atomic<unsigned> calls = 0;
    Timer again{[](Timer& timer) {
        if (++calls < 50) time::set_after(timer, 100us);
    }};
    time::set_after(again, 100us);
    while (calls < 50) time::halt_for(1ms);
    check(!again.is_waiting());
}

// One that is due again whenever it was called must not keep the interrupted program out for ever.
struct Tireless : Timer {
    explicit Tireless(Callback again) : Timer{call}, again_{again} {}

    static void call(Timer& timer) {
        ++calls;
        if (!is_enough) static_cast<Tireless&>(timer).again_(timer);
    }

    static inline std::atomic<bool> is_enough = false;
    static inline std::atomic<unsigned> calls = 0;

private:
    Callback again_;
};

void check_that_it_lets_others_run(Tireless& timer) {
    start_time();
    time::set_after(timer, 0ns);
    cpu::enable_interrupts();
    while (Tireless::calls < 1000) cpu::pause();
    Tireless::is_enough = true;
    cpu::disable_interrupts();
    time::halt_for(1ms);
    check(!timer.is_waiting());
}

void a_timer_that_is_always_due_lets_others_run() {
    Tireless timer{[](Timer& again) { time::set(again, Clock::now()); }};
    check_that_it_lets_others_run(timer);
}

void a_timer_that_stays_due_lets_others_run() {
    Tireless timer{[](Timer& again) { time::set(again, Clock::time_point{again.deadline()}); }};
    check_that_it_lets_others_run(timer);
}

void a_timer_set_before_now_lets_others_run() {
    Tireless timer{[](Timer& again) { time::set_after(again, -1h); }};
    check_that_it_lets_others_run(timer);
}

void a_timer_that_is_cancelled_is_not_called() {
    start_time();
    Noted cancelled, kept;
    time::set_after(cancelled, 1ms);
    time::set_after(kept, 2ms);
    time::cancel(cancelled);
    time::cancel(cancelled);
    time::halt_for(5ms);
    check_equal(Noted::calls, 1U);
    check(!kept.is_waiting());
}

void a_timer_that_waits_can_be_moved() {
    start_time();
    Noted moved;
    time::set_after(moved, 1h);
    time::set_after(moved, 1ms);
    time::halt_for(5ms);
    check_equal(Noted::calls, 1U);
    time::set_after(moved, 1ms);
    time::set_after(moved, 1h);
    time::halt_for(5ms);
    check_equal(Noted::calls, 1U);
    time::cancel(moved);
}

void the_date_is_known() {
    start_time();
    auto const now = time::wall_clock();
    check(now.has_value());
    if (now) console::print("{} ", now->time_since_epoch().count() / 86'400);
}

constexpr testing::Test list[] = {
    {.name = "time.the_clock_is_named", .run = the_clock_is_named, .expected_text = "  clock      "},
    {"time.the_clock_is_described", the_clock_is_described},
    {.name          = "time.a_clock_that_wakes_nobody_says_why",
     .run           = a_clock_that_wakes_nobody_says_why,
     .expected_text = "  clock      wakes nobody: there is no free vector"},
    {"time.nobody_sleeps_where_nobody_is_woken", nobody_sleeps_where_nobody_is_woken,
     "this machine has no timer that could wake anybody"},
    {"time.the_clock_never_goes_back", the_clock_never_goes_back},
    {"time.who_sleeps_is_woken_later_and_never_earlier", who_sleeps_is_woken_later_and_never_earlier},
    {"time.thousands_of_timers_come_in_order", thousands_of_timers_come_in_order},
    {"time.a_timer_may_set_itself_again", a_timer_may_set_itself_again},
    {"time.a_timer_that_is_always_due_lets_others_run", a_timer_that_is_always_due_lets_others_run},
    {"time.a_timer_that_stays_due_lets_others_run", a_timer_that_stays_due_lets_others_run},
    {"time.a_timer_set_before_now_lets_others_run", a_timer_set_before_now_lets_others_run},
    {"time.a_timer_that_is_cancelled_is_not_called", a_timer_that_is_cancelled_is_not_called},
    {"time.a_timer_that_waits_can_be_moved", a_timer_that_waits_can_be_moved},
    {"time.the_date_is_known", the_date_is_known},
};

}  // namespace

constinit testing::Suite const tests::time_suite = list;
