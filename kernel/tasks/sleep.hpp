// Waiting for a time to come.
//
//   co_await sleep_for(10ms);
//   auto const answer = co_await with_timeout(ask(), 1s);    // empty if that took longer
//   auto ticks = every(1s);
//   while (auto const tick = co_await ticks.next()) ...
//
// Needs:     time (timers), stream, when_any.
// Promises:  never earlier than asked for. While all wait, nothing ticks.
#pragma once

#include "tasks/stream.hpp"
#include "tasks/waiting.hpp"
#include "tasks/when.hpp"
#include "time/clock.hpp"

namespace pith::tasks {

// #region sleep
class Sleep {
public:
    explicit Sleep(time::Clock::time_point deadline) : deadline_{deadline} {}
    Sleep(Sleep const&)            = delete;
    Sleep& operator=(Sleep const&) = delete;
    ~Sleep() { time::cancel(timer_); }

    bool await_ready() const noexcept { return time::Clock::now() >= deadline_; }
    void await_suspend(std::coroutine_handle<> coroutine) {
        timer_.waiter.prepare(coroutine);
        time::set(timer_, deadline_);
    }
    void await_resume() const noexcept {}

private:
    struct WakingTimer : time::Timer {
        // An interrupt handler calls it.
        WakingTimer() : Timer{[](Timer& timer) { static_cast<WakingTimer&>(timer).waiter.wake(); }} {}
        Waiter waiter;
    };

    time::Clock::time_point deadline_;
    WakingTimer timer_;
};

inline Sleep sleep_until(time::Clock::time_point deadline) { return Sleep{deadline}; }
inline Sleep sleep_for(time::Clock::duration wait) { return Sleep{time::Clock::now() + wait}; }
// #endregion sleep

// #region timeout
// The result, if it comes in time. Else the task is cancelled.
template <typename Result>
Task<std::optional<detail::Value<Result>>> with_timeout(Task<Result> task, time::Clock::duration limit) {
    auto sleep = [](time::Clock::duration wait) -> Task<> { co_await sleep_for(wait); };
    auto first = co_await when_any(std::move(task), sleep(limit));
    if (first.index() == 1) co_return std::nullopt;
    co_return std::get<0>(std::move(first));
}
// #endregion timeout

// A stream of the times at which something is to be done: the first after one period. Who comes late finds
// the missed ones gone; the others stay where they were.
Stream<time::Clock::time_point> every(time::Clock::duration period);

}  // namespace pith::tasks
