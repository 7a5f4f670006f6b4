#include "time/clock.hpp"

#include "console/print.hpp"
#include "cpu/halt.hpp"
#include "cpu/spinlock.hpp"
#include "log/log.hpp"
#include "time/alarm.hpp"
#include "time/cmos_clock.hpp"
#include "time/counters.hpp"
#include "time/rates.hpp"
#include "time/scale.hpp"

#include <algorithm>

namespace pith::time {
namespace {

using std::chrono::nanoseconds;

// #region source
// What time is told by. A counter that comes round is looked at often enough: the alarm sees to it. One that
// does not is simple, and the usual one.
class TimeSource {
public:
    constexpr TimeSource() = default;
    explicit TimeSource(Counter const& counter)
        : counter_{counter}, scale_{counter.rate()}, last_{counter.read()} {}

    nanoseconds now() {
        if (!comes_round()) [[likely]]
            return scale_.nanoseconds(counter_.read() - last_);
        auto const passed = counter_.since(last_);
        steps_ += passed;
        last_ += passed;
        return scale_.nanoseconds(steps_);
    }
    // How long after a look the next one has to be; nothing if it need not be.
    std::optional<nanoseconds> patience() const {
        if (!comes_round()) return std::nullopt;
        return scale_.nanoseconds(std::uint64_t{1} << (counter_.bits() - 1));
    }
    Counter const& counter() const { return counter_; }

private:
    bool comes_round() const { return counter_.bits() != 64; }

    Counter counter_{Counter::Kind::time_stamp, 1'000'000'000, 64};
    Scale scale_{1'000'000'000};
    std::uint64_t last_ = 0, steps_ = 0;
};
// #endregion source

struct State {
    TimeSource source;
    TimerQueue timers;
    Alarm alarm;
    bool was_measured = false;
    // The moment of the alarm while on_alarm runs, which will set the alarm when it has called all.
    std::optional<Instant> ringing;
    std::optional<std::uint8_t> century;

    // What is set while the alarm rings is the next alarm's.
    Instant not_due_yet(Instant deadline) const {
        return ringing ? std::max(deadline, *ringing + Instant{1}) : deadline;
    }
};

constinit cpu::Locked<State> the_state{std::in_place};

// ---- The alarm -------------------------------------------------------------------------------------------

// #region set-alarm
// Not before `at_least`. Where nobody waits, and the counter need not be looked at, it stays silent.
void set_alarm(State& state, nanoseconds at_least = nanoseconds{0}) {
    auto wait               = state.source.patience();
    auto const* const first = state.timers.first();
    if (first != nullptr) {
        auto const until_first = std::max(first->deadline() - state.source.now(), at_least);
        wait                   = wait ? std::min(*wait, until_first) : until_first;
    }
    if (wait) state.alarm.ring_after(*wait);
}
// #endregion set-alarm

// #region on-alarm
// Calls who is due now. Who comes due meanwhile is the next alarm's, and that leaves the interrupted program
// some time: one that is pending at the handler's IRETQ would strike before a single instruction. So a timer
// that sets itself again at once, or to a moment that has passed, keeps nobody out for ever. Callbacks run
// without the lock, for they may set timers.
void on_alarm() {
    static constexpr nanoseconds for_the_program{2000};
    auto const now = the_state.with([](State& state) {
        state.ringing = state.source.now();
        return *state.ringing;
    });
    while (true) {
        auto* const due = the_state.with([now](State& state) {
            auto* const timer = state.timers.take_due(now);
            if (timer != nullptr) return timer;
            state.ringing.reset();
            set_alarm(state, for_the_program);
            return timer;
        });
        if (due == nullptr) return;
        due->expire();
    }
}
// #endregion on-alarm

// ---- Choosing --------------------------------------------------------------------------------------------

// What the others are measured with. Where nothing counts at a known rate, the time-stamp counter's is
// assumed: then a second is not a second, but everything still happens, and in its order.
Counter choose_reference(acpi::Tables const& tables, std::optional<std::uint64_t> told) {
    constexpr std::uint64_t assumed = 1'000'000'000;
    if (auto const best = best_reference(tables)) return *best;
    if (!told)
        log::found_wrong("clock",
                         "nothing counts at a known rate: the time-stamp counter's is assumed, {} kHz",
                         assumed / 1000);
    return Counter::time_stamp(told.value_or(assumed));
}

// #region choose
Counter::Kind choose_counter(Counter const& reference) {
    bool const is_last_resort = reference.kind() == Counter::Kind::pit;
    return has_invariant_time_stamp() || is_last_resort ? Counter::Kind::time_stamp : reference.kind();
}
// #endregion choose

Alarm::Kind take_alarm(Counter::Kind counter) {
    auto const taken = Alarm::take(counter, on_alarm);
    if (!taken) log::found_wrong("clock", "wakes nobody: {}", taken.error());
    return taken.value_or(Alarm::Kind::none);
}

std::uint64_t rate_of(Alarm::Kind alarm, Counter const& counter, Rates const& measured) {
    switch (alarm) {
        case Alarm::Kind::deadline:    return counter.rate();
        case Alarm::Kind::local_timer: return measured.local_timer;
        case Alarm::Kind::pit:         return pit_rate;
        case Alarm::Kind::none:        break;
    }
    return 1;
}

// For the log, which may have interrupted whoever holds the lock.
log::Time time_if_free() {
    log::Time now;
    the_state.try_with([&](State& state) { now = state.source.now(); });
    return now;
}

}  // namespace

Instant Clock::since_start() noexcept {
    return the_state.with([](State& state) { return state.source.now(); });
}

void start(acpi::Tables const& tables) {
    cpu::InterruptGuard const guard;
    auto const told      = told_time_stamp_rate();
    auto const reference = choose_reference(tables, told);
    auto const kind      = choose_counter(reference);
    auto const alarm     = take_alarm(kind);
    bool const is_known  = kind == reference.kind() || told;
    bool const measures  = alarm == Alarm::Kind::local_timer || !is_known;
    auto const measured  = measures ? measure_rates(reference) : Rates{};
    auto const counter =
        kind == reference.kind() ? reference : Counter::time_stamp(told.value_or(measured.time_stamp));
    the_state.with([&](State& state) {
        state.source       = TimeSource{counter};
        state.alarm        = Alarm{alarm, rate_of(alarm, counter, measured)};
        state.was_measured = measures;
        state.century      = tables.fadt.and_then([](acpi::Fadt const& fadt) { return fadt.century; });
        set_alarm(state);
    });
    log::set_time_source(time_if_free);
}

void set(Timer& timer, Clock::time_point deadline) {
    the_state.with([&](State& state) {
        require(state.alarm.is_there(), "this machine has no timer that could wake anybody");
        state.timers.remove(timer);
        state.timers.add(timer, state.not_due_yet(deadline.time_since_epoch()));
        if (state.timers.first() == &timer && !state.ringing) set_alarm(state);
    });
}

bool can_wake() {
    return the_state.with([](State& state) { return state.alarm.is_there(); });
}

void cancel(Timer& timer) {
    the_state.with([&](State& state) { state.timers.remove(timer); });
}

// #region halt-until
void halt_until(Clock::time_point deadline) {
    Timer timer{[](Timer&) {}};
    cpu::InterruptGuard const guard;
    set(timer, deadline);
    while (timer.is_waiting()) cpu::wait_for_interrupt();
}
// #endregion halt-until

std::optional<std::chrono::sys_seconds> wall_clock() {
    auto const century = the_state.with([](State& state) { return state.century; });
    return CmosClock{cpu::PortRange{0x70}, century}.read();
}

Description description() {
    return the_state.with([](State& state) {
        auto const& counter = state.source.counter();
        return Description{.counter = counter.name(),
                           .rate    = counter.rate(),
                           .may_change =
                               counter.kind() == Counter::Kind::time_stamp && !has_invariant_time_stamp(),
                           .was_measured = state.was_measured,
                           .alarm        = state.alarm.name(),
                           .waiting      = state.timers.size()};
    });
}

void print_clock() {
    auto const clock = description();
    log::found("clock", "{}, {} kHz{}; alarm by {}{}", clock.counter, clock.rate / 1000,
               clock.may_change ? ", though its rate may change" : "", clock.alarm,
               clock.was_measured ? "" : "; nothing had to be measured");
}

}  // namespace pith::time
