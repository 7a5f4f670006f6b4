// Tasks in the machine: woken by real interrupts, asleep when there is nothing to do. (What needs no machine
// is tested on the host.)
#include "console/panic.hpp"
#include "console/print.hpp"
#include "start_time.hpp"
#include "suites.hpp"
#include "tasks/sleep.hpp"
#include "tasks/start.hpp"
#include "tasks/when.hpp"

#include <vector>

using namespace pith;
using namespace std::chrono_literals;
using tasks::Task;
using testing::check;
using testing::check_equal;
using tests::start_time;
using time::Clock;

namespace {

void run(Task<> task) { tasks::run_until_end(tasks::spawn("test", std::move(task))); }

// ---- No stack grows --------------------------------------------------------------------------------------

Task<std::uint64_t> one() { co_return 1; }
Task<> add_up(std::uint64_t count, std::uint64_t& sum) {
    for (std::uint64_t round = 0; round < count; ++round) sum += co_await one();
}

// Each await and each return is a jump. As calls they would be too many for any stack of ours.
void a_million_awaits_need_no_stack() {
    start_time();
    std::uint64_t sum = 0;
    run(add_up(1'000'000, sum));
    check_equal(sum, 1'000'000U);
}

Task<std::uint64_t> deep(std::uint64_t depth) {
    if (depth == 0) co_return 0;
    co_return 1 + co_await deep(depth - 1);
}
Task<> go_deep(std::uint64_t depth, std::uint64_t& reached) { reached = co_await deep(depth); }

void tasks_may_be_nested_deeper_than_a_stack_is() {
    start_time();
    std::uint64_t reached = 0;
    run(go_deep(100'000, reached));
    check_equal(reached, 100'000U);
}

// ---- Time ------------------------------------------------------------------------------------------------

Task<> sleep_and_note(std::vector<int>& order, int number, Clock::time_point deadline) {
    co_await tasks::sleep_until(deadline);
    check(Clock::now() >= deadline);
    order.push_back(number);
}
// Whether all of them slept before the first was due.
Task<> sleep_in_three(std::vector<int>& order, Clock::duration step, bool& slept) {
    auto const now        = Clock::now();
    auto const note_sleep = [&] -> Task<> {
        slept = Clock::now() < now + step;
        co_return;
    };
    co_await tasks::when_all(sleep_and_note(order, 3, now + 3 * step), sleep_and_note(order, 1, now + step),
                             sleep_and_note(order, 2, now + 2 * step), note_sleep());
}

// On a busy host one may be due before the others sleep: then there is no order, and they sleep longer.
void sleepers_wake_in_order_and_never_early() {
    start_time();
    std::vector<int> order;
    bool slept = false;
    for (Clock::duration step = 3ms; !slept; step *= 2) {
        order.clear();
        run(sleep_in_three(order, step, slept));
    }
    check(order == std::vector{1, 2, 3});
}

// Thousands at once, in another order than they are due. What was due before all of them slept is in no
// order.
struct Sleepers {
    static constexpr unsigned number = 3000;
    Clock::time_point begin          = Clock::now(), all_sleep{}, last{};
    unsigned began = 0, ended = 0;
};

Task<> sleep_and_count(Sleepers& all, Clock::time_point deadline) {
    if (++all.began == Sleepers::number) all.all_sleep = Clock::now();
    co_await tasks::sleep_until(deadline);
    check(Clock::now() >= deadline);
    ++all.ended;
    if (all.began < Sleepers::number || deadline <= all.all_sleep) co_return;
    check(deadline >= all.last);
    all.last = deadline;
}

void thousands_of_sleepers_wake_in_order() {
    start_time();
    Sleepers all;
    std::vector<tasks::TaskHandle> handles;
    handles.reserve(Sleepers::number);
    for (unsigned number = 0; number < Sleepers::number; ++number)
        handles.push_back(tasks::spawn(
            "sleeper", sleep_and_count(all, all.begin + 100ms + (number * 7919 % Sleepers::number) * 100us)));
    for (auto const& handle : handles) tasks::run_until_end(handle);
    check_equal(all.ended, Sleepers::number);
}

void a_processor_with_nothing_to_do_sleeps() {
    start_time();
    run([]() -> Task<> { co_await tasks::sleep_for(50ms); }());
    // Once for the sleeper, and perhaps for an interrupt beside: it does not spin, and nothing ticks.
    check(tasks::idle_count() >= 1 && tasks::idle_count() <= 4);
}

// ---- Signals from interrupt handlers ---------------------------------------------------------------------

[[clang::no_destroy]] constinit tasks::Signal signal;

struct Beat : time::Timer {
    Beat() : Timer{[](Timer&) { signal.raise(); }} {}
};

// Each beat comes once, at another moment between the look and the sleep, and nothing else would wake the
// machine: the first one that is lost makes it sleep for ever.
Task<> wait_for_beats(unsigned count) {
    Beat beat;
    for (unsigned number = 0; number < count; ++number) {
        time::set_after(beat, number % 400 * 50ns);
        co_await signal;
        check(!beat.is_waiting());
    }
}

void no_wake_up_is_lost() {
    start_time();
    run(wait_for_beats(20'000));
}

Task<> spin_until_cancelled(unsigned& rounds) {
    while (true) {
        ++rounds;
        co_await tasks::yield();
    }
}

void a_task_that_never_ends_is_cancelled_after_a_time() {
    start_time();
    unsigned rounds = 0;
    bool has_result = true;
    run([](unsigned& number, bool& result) -> Task<> {
        result = (co_await tasks::with_timeout(spin_until_cancelled(number), 5ms)).has_value();
    }(rounds, has_result));
    check(!has_result);
    check(rounds > 1);
}

// ---- Panics ----------------------------------------------------------------------------------------------

Task<> fail_later() {
    co_await tasks::sleep_for(1ms);
    console::panic("something is wrong here");
}

void a_panic_names_the_task() {
    start_time();
    tasks::run_until_end(tasks::spawn("culprit", fail_later()));
}

constexpr testing::Test list[] = {
    {"tasks.a_million_awaits_need_no_stack", a_million_awaits_need_no_stack},
    {"tasks.tasks_may_be_nested_deeper_than_a_stack_is", tasks_may_be_nested_deeper_than_a_stack_is},
    {"tasks.sleepers_wake_in_order_and_never_early", sleepers_wake_in_order_and_never_early},
    {"tasks.thousands_of_sleepers_wake_in_order", thousands_of_sleepers_wake_in_order},
    {"tasks.a_processor_with_nothing_to_do_sleeps", a_processor_with_nothing_to_do_sleeps},
    {"tasks.no_wake_up_is_lost", no_wake_up_is_lost},
    {"tasks.a_task_that_never_ends_is_cancelled_after_a_time",
     a_task_that_never_ends_is_cancelled_after_a_time},
    {"tasks.a_panic_names_the_task", a_panic_names_the_task, "something is wrong here"},
};

}  // namespace

constinit testing::Suite const tests::tasks_suite = list;
