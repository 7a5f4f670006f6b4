// Tasks, their executor, and all that they wait for; with a clock that stands still until a test moves it.
#include "failure.hpp"
#include "fake_clock.hpp"
#include "tasks/channel.hpp"
#include "tasks/executor.hpp"
#include "tasks/sleep.hpp"
#include "tasks/stream.hpp"
#include "tasks/when.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace pith::time {

Instant Clock::since_start() noexcept { return fake_now; }
void set(Timer& timer, Clock::time_point deadline) {
    fake_timers.remove(timer);
    fake_timers.add(timer, deadline.time_since_epoch());
}
void cancel(Timer& timer) { fake_timers.remove(timer); }

}  // namespace pith::time

namespace pith::tasks {
namespace {

using namespace std::chrono_literals;
using testing::failure_of;
using time::let_pass;

void run_ready(Executor& executor) {
    while (executor.run_next()) {
    }
}

// Runs a task until all wait, and what it had given by then.
template <typename Result>
std::optional<Result> result_of(Executor& executor, Task<Result> task) {
    std::optional<Result> result;
    executor.spawn("test", [](Task<Result> inner, std::optional<Result>& to) -> Task<> {
        to.emplace(co_await std::move(inner));
    }(std::move(task), result));
    run_ready(executor);
    return result;
}

// Says when it is destroyed: the variables of a coroutine that is cancelled are.
struct Witness {
    explicit Witness(int& gone) : gone{gone} {}
    ~Witness() { ++gone; }
    Witness(Witness const&)            = delete;
    Witness& operator=(Witness const&) = delete;
    int& gone;
};

Task<int> number(int value) { co_return value; }
Task<> wait_for(Signal& signal, int& count) {
    co_await signal;
    ++count;
}
Task<> wait_for(Signal& signal, int& count, int& gone) {
    Witness const witness{gone};
    co_await signal;
    ++count;
}

// ---- Tasks -----------------------------------------------------------------------------------------------

TEST(Task, runs_nothing_before_it_is_awaited) {
    bool has_run = false;
    auto touch   = [](bool& flag) -> Task<> {
        flag = true;
        co_return;
    };
    {
        auto const dropped = touch(has_run);
        EXPECT_FALSE(has_run);
    }
    EXPECT_FALSE(has_run);
}

TEST(Task, gives_its_result_to_whoever_awaits_it) {
    Executor executor;
    auto const sum = []() -> Task<int> {
        auto const one = co_await number(1);
        co_return one + co_await number(41);
    };
    EXPECT_EQ(result_of(executor, sum()), 42);
}

TEST(Task, gives_what_can_only_be_moved) {
    Executor executor;
    auto const boxed  = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    auto const result = result_of(executor, boxed());
    EXPECT_EQ(**result, 7);
}

TEST(Task, may_be_awaited_a_thousand_deep) {
    Executor executor;
    struct Depth {
        static Task<int> of(int depth) {
            if (depth == 0) co_return 0;
            co_return 1 + co_await of(depth - 1);
        }
    };
    EXPECT_EQ(result_of(executor, Depth::of(1000)), 1000);
}

// ---- The executor ----------------------------------------------------------------------------------------

Task<> write(std::string& text, std::string letters) {
    for (char const letter : letters) {
        text += letter;
        co_await yield();
    }
}

TEST(Executor, lets_tasks_take_turns) {
    Executor executor;
    std::string text;
    executor.spawn("letters", write(text, "abc"));
    executor.spawn("digits", write(text, "123"));
    run_ready(executor);
    EXPECT_EQ(text, "a1b2c3");
}

TEST(Executor, runs_what_a_task_spawns_after_those_that_are_ready) {
    Executor executor;
    std::string text;
    executor.spawn("parent", [](Executor& on, std::string& to) -> Task<> {
        on.spawn("child", write(to, "c"));
        to += 'p';
        co_return;
    }(executor, text));
    executor.spawn("other", write(text, "o"));
    run_ready(executor);
    EXPECT_EQ(text, "poc");
}

TEST(Executor, knows_its_tasks_by_name_until_they_end) {
    Signal signal;
    Executor executor;
    int count         = 0;
    auto const first  = executor.spawn("first", wait_for(signal, count));
    auto const second = executor.spawn("second", wait_for(signal, count));
    run_ready(executor);
    second.cancel();
    std::vector<std::string> names;
    executor.for_each([&](Spawned const& task) { names.emplace_back(task.name()); });
    EXPECT_EQ(names, std::vector<std::string>{"first"});
    EXPECT_EQ(first.task().runs(), 1U);
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(first.task().runs(), 2U);
    EXPECT_EQ(first.task().end(), End::returned);
    EXPECT_EQ(second.task().end(), End::cancelled);
    executor.for_each([&](Spawned const& task) { ADD_FAILURE() << task.name(); });
}

TEST(Executor, says_which_task_runs) {
    Executor executor;
    std::string name;
    executor.spawn("me", [](std::string& to) -> Task<> {
        to = Executor::running()->name();
        co_return;
    }(name));
    EXPECT_EQ(Executor::running(), nullptr);
    run_ready(executor);
    EXPECT_EQ(name, "me");
    EXPECT_EQ(Executor::running(), nullptr);
}

TEST(Executor, cancels_a_task_wherever_it_is) {
    Signal signal;
    Executor executor;
    int count = 0, gone = 0;
    auto const not_begun = executor.spawn("not begun", wait_for(signal, count, gone));
    not_begun.cancel();
    EXPECT_TRUE(not_begun.is_done());
    auto const waiting = executor.spawn("waiting", wait_for(signal, count, gone));
    run_ready(executor);
    waiting.cancel();
    EXPECT_EQ(gone, 1);
    auto const ready = executor.spawn("ready", wait_for(signal, count, gone));
    run_ready(executor);
    signal.raise();
    EXPECT_TRUE(executor.has_ready());
    ready.cancel();
    EXPECT_FALSE(executor.has_ready());
    EXPECT_EQ(gone, 2);
    ready.cancel();  // once more does no harm
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(count, 0);
}

TEST(Executor, cancels_a_task_that_asks_for_it_when_it_waits_next) {
    Executor executor;
    int gone = 0;
    std::string text;
    std::optional<TaskHandle> handle;
    handle =
        executor.spawn("me", [](std::optional<TaskHandle>& me, int& destroyed, std::string& to) -> Task<> {
            Witness const witness{destroyed};
            me->cancel();
            to += "still here";
            co_await yield();
            to += " and here";
        }(handle, gone, text));
    run_ready(executor);
    EXPECT_EQ(text, "still here");
    EXPECT_EQ(gone, 1);
    EXPECT_EQ(handle->task().end(), End::cancelled);
}

TEST(Executor, cancels_what_waits_several_tasks_deep) {
    Signal signal;
    Executor executor;
    int count = 0, gone = 0;
    auto const handle = executor.spawn("deep", [](Signal& for_it, int& number, int& destroyed) -> Task<> {
        Witness const witness{destroyed};
        co_await wait_for(for_it, number, destroyed);
    }(signal, count, gone));
    run_ready(executor);
    handle.cancel();
    EXPECT_EQ(gone, 2);
}

TEST(Executor, tells_others_of_an_end) {
    Signal signal;
    Executor executor;
    int count          = 0;
    auto const returns = executor.spawn("returns", wait_for(signal, count));
    std::optional<End> seen, seen_late, seen_cancelled;
    auto const see = [](TaskHandle of, std::optional<End>& to) -> Task<> { to = co_await of.end(); };
    executor.spawn("watcher", see(returns, seen));
    run_ready(executor);
    EXPECT_EQ(seen, std::nullopt);
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(seen, End::returned);
    executor.spawn("late watcher", see(returns, seen_late));
    run_ready(executor);
    EXPECT_EQ(seen_late, End::returned);

    auto const cancelled = executor.spawn("cancelled", wait_for(signal, count));
    executor.spawn("third watcher", see(cancelled, seen_cancelled));
    run_ready(executor);
    cancelled.cancel();
    run_ready(executor);
    EXPECT_EQ(seen_cancelled, End::cancelled);
}

TEST(Executor, cancels_all_that_is_left_at_its_end) {
    Signal signal;
    int count = 0, gone = 0;
    {
        Executor executor;
        executor.spawn("one", wait_for(signal, count, gone));
        executor.spawn("other", wait_for(signal, count, gone));
        run_ready(executor);
    }
    EXPECT_EQ(gone, 2);
}

TEST(Executor, is_not_run_by_its_tasks) {
    Executor executor;
    std::string message;
    executor.spawn("me", [](Executor& on, std::string& to) -> Task<> {
        to = failure_of([&] { return on.run_next(); });
        co_return;
    }(executor, message));
    run_ready(executor);
    EXPECT_EQ(message, "a task runs its own executor");
}

// ---- Signals ---------------------------------------------------------------------------------------------

TEST(Signal, wakes_all_that_wait) {
    Signal signal;
    Executor executor;
    int count = 0;
    executor.spawn("one", wait_for(signal, count));
    executor.spawn("other", wait_for(signal, count));
    run_ready(executor);
    EXPECT_EQ(count, 0);
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(count, 2);
}

TEST(Signal, is_remembered_once_while_nobody_waits) {
    Signal signal;
    Executor executor;
    int count = 0;
    signal.raise();
    signal.raise();
    executor.spawn("one", wait_for(signal, count));
    executor.spawn("other", wait_for(signal, count));
    run_ready(executor);
    EXPECT_EQ(count, 1);
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(count, 2);
}

TEST(Signal, is_given_up_by_who_has_interrupted_the_lists) {
    Signal signal;
    Executor executor;
    int count = 0;
    executor.spawn("one", wait_for(signal, count));
    run_ready(executor);
    waiting_lock.lock();
    EXPECT_FALSE(signal.try_raise());
    waiting_lock.unlock();
    EXPECT_TRUE(signal.try_raise());
    run_ready(executor);
    EXPECT_EQ(count, 1);
}

TEST(Signal, is_one_for_whoever_has_not_run_yet) {
    Signal signal;
    Executor executor;
    int count = 0;
    executor.spawn("one", [](Signal& of, int& number) -> Task<> {
        while (true) {
            co_await of;
            ++number;
        }
    }(signal, count));
    run_ready(executor);
    signal.raise();
    signal.raise();  // before the first was looked at
    run_ready(executor);
    EXPECT_EQ(count, 1);
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(count, 2);
}

TEST(Signal, is_not_lost_with_who_was_woken_and_cancelled) {
    Signal signal;
    Executor executor;
    int count        = 0;
    auto const first = executor.spawn("first", wait_for(signal, count));
    run_ready(executor);
    signal.raise();
    first.cancel();
    executor.spawn("second", wait_for(signal, count));
    run_ready(executor);
    EXPECT_EQ(count, 1);
}

// ---- Several at once -------------------------------------------------------------------------------------

TEST(WhenAny, gives_the_first_and_cancels_the_other) {
    Signal slow, quick;
    Executor executor;
    int slow_count = 0, quick_count = 0, gone = 0;
    std::optional<std::size_t> winner;
    executor.spawn("race",
                   [](Signal& one, Signal& other, int& a, int& b, int& destroyed,
                      std::optional<std::size_t>& to) -> Task<> {
                       auto const first =
                           co_await when_any(wait_for(one, a, destroyed), wait_for(other, b, destroyed));
                       to = first.index();
                   }(slow, quick, slow_count, quick_count, gone, winner));
    run_ready(executor);
    EXPECT_EQ(winner, std::nullopt);
    quick.raise();
    slow.raise();  // both are ready: the first one made so wins
    run_ready(executor);
    EXPECT_EQ(winner, 1U);
    EXPECT_EQ(quick_count, 1);
    EXPECT_EQ(slow_count, 0);
    EXPECT_EQ(gone, 2);
}

TEST(WhenAny, begins_no_others_once_one_has_ended) {
    Signal signal;
    Executor executor;
    int count = 0, gone = 0;
    auto const race = [](Signal& of, int& waited, int& destroyed) -> Task<std::size_t> {
        co_return (co_await when_any(wait_for(of, waited, destroyed), number(5), wait_for(of, waited)))
            .index();
    };
    EXPECT_EQ(result_of(executor, race(signal, count, gone)), 1U);
    EXPECT_EQ(gone, 1);
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(count, 0);
}

TEST(WhenAny, lets_the_others_do_nothing_while_its_result_is_kept) {
    Signal one, other;
    Executor executor;
    int count = 0;
    executor.spawn("race", [](Signal& a, Signal& b, int& number) -> Task<> {
        auto race = when_any(wait_for(a, number), wait_for(b, number));
        co_await std::move(race);
        co_await yield();
        co_await yield();
    }(one, other, count));
    run_ready(executor);
    one.raise();
    other.raise();
    run_ready(executor);
    EXPECT_EQ(count, 1);
}

TEST(WhenAll, gives_all_results_when_the_last_has_come) {
    Signal signal;
    Executor executor;
    auto const later = [](Signal& of) -> Task<std::string> {
        co_await of;
        co_return "later";
    };
    std::optional<std::tuple<int, std::string, std::monostate>> results;
    int count = 0;
    executor.spawn("all", [](auto make, Signal& of, int& number_of, auto& to) -> Task<> {
        to = co_await when_all(number(5), make(of), wait_for(of, number_of));
    }(later, signal, count, results));
    run_ready(executor);
    EXPECT_FALSE(results.has_value());
    signal.raise();
    run_ready(executor);
    ASSERT_TRUE(results.has_value());
    EXPECT_EQ(std::get<0>(*results), 5);
    EXPECT_EQ(std::get<1>(*results), "later");
    EXPECT_EQ(count, 1);
}

// ---- Streams ---------------------------------------------------------------------------------------------

Stream<int> count_to(int last) {
    for (int value = 1; value <= last; ++value) co_yield value;
}

Stream<int> count_signals(Signal& signal) {
    for (int value = 1;; ++value) {
        co_await signal;
        co_yield value;
    }
}

Task<std::vector<int>> collect(Stream<int> stream) {
    std::vector<int> values;
    while (auto const value = co_await stream.next()) values.push_back(*value);
    co_return values;
}

TEST(Stream, gives_its_values_and_then_nothing) {
    Executor executor;
    EXPECT_EQ(result_of(executor, collect(count_to(4))), (std::vector{1, 2, 3, 4}));
    EXPECT_EQ(result_of(executor, collect(count_to(0))), std::vector<int>{});
    auto const past_the_end = [](Stream<int> stream) -> Task<bool> {
        while (co_await stream.next()) {
        }
        auto const one_more = co_await stream.next();
        co_return !one_more.has_value();
    };
    EXPECT_EQ(result_of(executor, past_the_end(count_to(1))), true);
}

TEST(Stream, waits_inside) {
    Signal signal;
    Executor executor;
    std::vector<int> values;
    executor.spawn("reader", [](Signal& of, std::vector<int>& to) -> Task<> {
        auto stream = count_signals(of);
        while (auto const value = co_await stream.next()) to.push_back(*value);
    }(signal, values));
    for (int round = 0; round < 3; ++round) {
        run_ready(executor);
        signal.raise();
    }
    run_ready(executor);
    EXPECT_EQ(values, (std::vector{1, 2, 3}));
}

Task<> read_one(Stream<int>& stream, std::optional<int>& to) { to = co_await stream.next(); }

TEST(Stream, keeps_a_value_for_the_next_when_who_asked_was_cancelled) {
    Signal signal;
    Executor executor;
    auto stream = count_signals(signal);
    std::optional<int> first, second, third;
    auto const asks = executor.spawn("asks", read_one(stream, first));
    run_ready(executor);
    asks.cancel();
    signal.raise();
    run_ready(executor);  // the stream goes on, for nobody
    EXPECT_EQ(first, std::nullopt);
    executor.spawn("asks later", read_one(stream, second));
    run_ready(executor);
    EXPECT_EQ(second, 1);
    executor.spawn("asks last", read_one(stream, third));
    run_ready(executor);
    EXPECT_EQ(third, std::nullopt);
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(third, 2);
    {
        auto const gone = std::move(stream);
    }
}

TEST(Stream, runs_for_whoever_asks_though_another_began_its_wait) {
    Signal signal;
    auto stream = count_signals(signal);
    Executor executor;
    std::optional<int> nothing;
    auto const gives_up = executor.spawn("gives up", read_one(stream, nothing));
    run_ready(executor);
    gives_up.cancel();
    std::string ran;
    auto const asks = executor.spawn("asks", [](Stream<int>& from, std::string& name) -> Task<> {
        static_cast<void>(co_await from.next());
        name = Executor::running()->name();
    }(stream, ran));
    run_ready(executor);
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(ran, "asks");
    EXPECT_EQ(asks.task().end(), End::returned);
}

TEST(Stream, is_asked_by_one_at_a_time) {
    Signal signal;
    auto stream = count_signals(signal);
    Executor executor;
    std::string message;
    executor.spawn("asks twice", [](Stream<int>& from, std::string& to) -> Task<> {
        auto one = from.next(), other = from.next();
        auto const nobody = std::noop_coroutine();
        static_cast<void>(one.await_suspend(nobody));
        to = failure_of([&] { return other.await_suspend(nobody); });
        co_return;
    }(stream, message));
    run_ready(executor);
    EXPECT_EQ(message, "two ask one stream at a time");
}

// ---- Channels --------------------------------------------------------------------------------------------

TEST(Channel, makes_the_sender_wait_while_it_is_full) {
    Channel<int, 2> channel;
    Executor executor;
    int sent = 0;
    std::vector<int> received;
    executor.spawn("sender", [](Channel<int, 2>& to, int& count) -> Task<> {
        for (int value = 1; value <= 5; ++value) {
            EXPECT_TRUE(co_await to.send(value));
            ++count;
        }
        to.close();
        EXPECT_FALSE(co_await to.send(6));
    }(channel, sent));
    run_ready(executor);
    EXPECT_EQ(sent, 2);
    executor.spawn("receiver", [](Channel<int, 2>& from, std::vector<int>& to) -> Task<> {
        while (auto const value = co_await from.receive()) to.push_back(*value);
    }(channel, received));
    run_ready(executor);
    EXPECT_EQ(received, (std::vector{1, 2, 3, 4, 5}));
    executor.for_each([](Spawned const& task) { ADD_FAILURE() << task.name(); });
}

TEST(Channel, loses_nothing_when_a_receiver_is_cancelled_before_it_goes_on) {
    Channel<int, 4> channel;
    Executor executor;
    std::optional<int> one, other;
    auto const receive = [](Channel<int, 4>& from, std::optional<int>& to) -> Task<> {
        to = co_await from.receive();
    };
    auto const first = executor.spawn("one", receive(channel, one));
    executor.spawn("other", receive(channel, other));
    run_ready(executor);
    EXPECT_TRUE(channel.try_send(7));
    first.cancel();  // it was woken, and has not run
    run_ready(executor);
    EXPECT_EQ(one, std::nullopt);
    EXPECT_EQ(other, 7);
}

// ---- Time ------------------------------------------------------------------------------------------------

Task<> write_after(std::string& text, char letter, time::Clock::duration wait) {
    co_await sleep_for(wait);
    text += letter;
}

TEST(Sleep, ends_in_the_order_of_deadlines_and_never_early) {
    Executor executor;
    std::string text;
    executor.spawn("c", write_after(text, 'c', 30ms));
    executor.spawn("a", write_after(text, 'a', 10ms));
    executor.spawn("b", write_after(text, 'b', 20ms));
    executor.spawn("now", write_after(text, 'n', 0ms));
    run_ready(executor);
    EXPECT_EQ(text, "n");
    let_pass(10ms - 1ns);
    run_ready(executor);
    EXPECT_EQ(text, "n");
    let_pass(1ns);
    run_ready(executor);
    EXPECT_EQ(text, "na");
    let_pass(1h);
    run_ready(executor);
    EXPECT_EQ(text, "nabc");
}

TEST(Sleep, leaves_no_timer_when_it_is_cancelled) {
    Executor executor;
    std::string text;
    auto const handle = executor.spawn("sleeper", write_after(text, 'x', 10ms));
    run_ready(executor);
    EXPECT_FALSE(time::fake_timers.is_empty());
    handle.cancel();
    EXPECT_TRUE(time::fake_timers.is_empty());
    auto const due = executor.spawn("due", write_after(text, 'y', 10ms));
    run_ready(executor);
    let_pass(10ms);
    due.cancel();  // it is ready, and has not run
    run_ready(executor);
    EXPECT_EQ(text, "");
}

TEST(WithTimeout, gives_the_result_or_cancels) {
    Signal signal;
    Executor executor;
    int count = 0, gone = 0;
    auto const ask = [](Signal& of, int& destroyed) -> Task<int> {
        Witness const witness{destroyed};
        co_await of;
        co_return 42;
    };
    std::optional<std::optional<int>> in_time, late;
    auto const limited = [](Task<int> task, std::optional<std::optional<int>>& to) -> Task<> {
        to = co_await with_timeout(std::move(task), 50ms);
    };
    executor.spawn("in time", limited(ask(signal, gone), in_time));
    run_ready(executor);
    signal.raise();
    run_ready(executor);
    EXPECT_EQ(in_time, std::optional{42});
    EXPECT_TRUE(time::fake_timers.is_empty());

    executor.spawn("late", limited(ask(signal, count), late));
    run_ready(executor);
    let_pass(50ms);
    run_ready(executor);
    ASSERT_TRUE(late.has_value());
    EXPECT_EQ(*late, std::nullopt);
    EXPECT_EQ(count, 1);
}

TEST(Every, keeps_its_rhythm_and_leaves_out_what_was_missed) {
    Executor executor;
    std::vector<time::Instant> seen;
    auto const start  = time::fake_now;
    auto const handle = executor.spawn("ticks", [](std::vector<time::Instant>& to) -> Task<> {
        auto ticks = every(10ms);
        while (auto const tick = co_await ticks.next()) to.push_back(tick->time_since_epoch());
    }(seen));
    for (auto const wait : {0ms, 10ms, 13ms, 2ms, 25ms, 10ms}) {
        let_pass(wait);
        run_ready(executor);
    }
    handle.cancel();
    std::vector<time::Instant> since_start;
    since_start.reserve(seen.size());
    for (auto const tick : seen) since_start.push_back(tick - start);
    EXPECT_EQ(since_start, (std::vector<time::Instant>{10ms, 20ms, 30ms, 60ms}));
}

// ---- Anything --------------------------------------------------------------------------------------------

// Tasks that wait for random things, are cancelled at random moments, and spawn others. What is left in the
// end is nothing: the sanitizers watch for frames that were resumed after their end, or forgotten.
class Storm {
public:
    explicit Storm(std::uint64_t seed) : random_{seed} {}

    void run(int rounds) {
        for (int round = 0; round < rounds; ++round) {
            do_something();
            for (auto steps = pick(4); steps > 0; --steps) executor_.run_next();
        }
        for (auto const& handle : handles_) handle.cancel();
        run_ready(executor_);
        EXPECT_EQ(begun_, gone_);
        EXPECT_TRUE(time::fake_timers.is_empty());
    }

private:
    std::size_t pick(std::size_t below) { return random_() % below; }

    void do_something() {
        switch (pick(6)) {
            case 0: handles_.push_back(executor_.spawn("random", wander())); break;
            case 1: signals_[pick(signals_.size())].raise(); break;
            case 2: let_pass(time::Instant{pick(20)}); break;
            case 3:
                if (!handles_.empty()) handles_[pick(handles_.size())].cancel();
                break;
            case 4:  static_cast<void>(channel_.try_send(1)); break;
            default: static_cast<void>(channel_.try_receive()); break;
        }
    }

    Task<> wander() {
        ++begun_;
        Witness const witness{gone_};
        for (auto steps = pick(6); steps > 0; --steps) {
            co_await step();
            if (pick(8) == 0) handles_.push_back(executor_.spawn("child", wander()));
            if (pick(8) == 0) handles_[pick(handles_.size())].cancel();
        }
    }
    Task<> step() {
        switch (pick(8)) {
            default: static_cast<void>(co_await with_timeout(ask(), time::Instant{pick(30)})); break;
            case 0:  co_await signals_[pick(signals_.size())]; break;
            case 1:  co_await sleep_for(time::Instant{pick(30)}); break;
            case 2:  co_await yield(); break;
            case 3:  static_cast<void>(co_await channel_.receive()); break;
            case 4:  static_cast<void>(co_await channel_.send(2)); break;
            case 5:  static_cast<void>(co_await when_any(step(), step())); break;
            case 6:  static_cast<void>(co_await with_timeout(take(), time::Instant{pick(30)})); break;
        }
    }
    Task<int> take() { co_return (co_await channel_.receive()).value_or(0); }
    // One at a time may ask.
    Task<int> ask() {
        if (is_asked_) co_return 0;
        struct Asks {
            explicit Asks(bool& asked) : flag{asked} { flag = true; }
            ~Asks() { flag = false; }
            Asks(Asks const&)            = delete;
            Asks& operator=(Asks const&) = delete;
            bool& flag;
        };
        Asks const asks{is_asked_};
        co_return (co_await stream_.next()).value_or(0);
    }

    std::mt19937_64 random_;
    std::array<Signal, 3> signals_;
    Channel<int, 2> channel_;
    Stream<int> stream_ = count_signals(signals_[0]);
    bool is_asked_      = false;
    int begun_ = 0, gone_ = 0;
    std::vector<TaskHandle> handles_;
    Executor executor_;
};

TEST(Storm, leaves_nothing_behind) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        Storm{seed}.run(300);
        ASSERT_FALSE(::testing::Test::HasFailure()) << "with the seed " << seed;
    }
}

}  // namespace
}  // namespace pith::tasks
