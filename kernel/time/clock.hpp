// The machine's clock, and what is to happen at a time of it.
//
//   counter    the time-stamp counter, if it goes at one rate; else the HPET, or the ACPI timer. Without them
//              the time-stamp counter as it is, measured with the PIT. If that does not count either, a rate
//              is assumed, and `start` prints so.
//   alarm      the local APIC's timer, by deadline or by count; without APICs the PIT. It is set for the
//              first timer only: nothing ticks. One that cannot wait that long rings before, and is set
//              again: the PIT 18 times a second, while a timer waits or the counter comes round.
//
// Needs:     acpi, log (its time comes from here), counters, rates, alarm, timer_queue.
// Promises:  `Clock` never goes back. A timer is called in the order of its deadline and never before it.
#pragma once

#include "acpi/tables.hpp"
#include "time/timer_queue.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace pith::time {

// #region clock
// A clock as std::chrono knows them. Its time begins with `start`.
struct Clock {
    using duration                  = std::chrono::nanoseconds;
    using rep                       = duration::rep;
    using period                    = duration::period;
    using time_point                = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;

    static time_point now() noexcept { return time_point{since_start()}; }
    static Instant since_start() noexcept;
};
// #endregion clock

// Chooses the counter and the alarm, and measures what nobody tells: for a millisecond, or not at all. If
// there is no alarm it prints why. Call it when interrupts have been started.
void start(acpi::Tables const& tables);

// From now on the timer waits; its callback is called when the clock has come to the deadline, by an
// interrupt handler, with interrupts off. A timer that waits already is moved. What a callback sets to a
// moment that has passed is due just after the alarm that called it, and has that as its deadline.
void set(Timer& timer, Clock::time_point deadline);
// Whether this machine can wake anybody. Where it cannot, `set` panics.
bool can_wake();
inline void set_after(Timer& timer, Clock::duration wait) { set(timer, Clock::now() + wait); }
// It is not called any more, unless it was already.
void cancel(Timer& timer);

// Stops this processor until then; other interrupts are served meanwhile.
void halt_until(Clock::time_point deadline);
inline void halt_for(Clock::duration wait) { halt_until(Clock::now() + wait); }

// The date and time of day (UTC), if the machine has a clock for that.
std::optional<std::chrono::sys_seconds> wall_clock();

struct Description {
    std::string_view counter;
    std::uint64_t rate;  // its steps a second
    bool may_change;     // whether the processor may change that rate
    bool was_measured;   // whether a rate had to be measured
    std::string_view alarm;
    std::size_t waiting;  // so many timers
};
Description description();

// The same in one line, as far as it does not change.
void print_clock();

}  // namespace pith::time
