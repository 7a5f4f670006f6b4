#include "time/clock.hpp"

#include "console/print.hpp"
#include "cpu/halt.hpp"
#include "cpu/spinlock.hpp"
#include "cpu/time_stamp.hpp"
#include "interrupts/start.hpp"
#include "log/log.hpp"
#include "time/cmos_clock.hpp"
#include "time/counters.hpp"
#include "time/scale.hpp"

#include <algorithm>

namespace pith::time {
namespace {

using std::chrono::nanoseconds;

enum class Alarm : std::uint8_t { none, deadline, local_timer, pit };

// What time is told by. A counter that comes round is looked at often enough: the alarm sees to it.
class TimeSource {
public:
    constexpr TimeSource() = default;
    explicit TimeSource(Counter const& counter)
        : counter_{counter}, scale_{counter.rate()}, last_{counter.read()} {}

    nanoseconds now() {
        auto const passed = counter_.since(last_);
        steps_ += passed;
        last_ += passed;
        return scale_.nanoseconds(steps_);
    }
    // How long after a look the next one has to be; nothing if it need not be.
    std::optional<nanoseconds> patience() const {
        if (counter_.bits() == 64) return std::nullopt;
        return scale_.nanoseconds(std::uint64_t{1} << (counter_.bits() - 1));
    }
    Counter const& counter() const { return counter_; }

private:
    Counter counter_{Counter::Kind::time_stamp, 1'000'000'000, 64};
    Scale scale_{1'000'000'000};
    std::uint64_t last_ = 0, steps_ = 0;
};

struct State {
    TimeSource source;
    TimerQueue timers;
    Alarm alarm = Alarm::none;
    Scale alarm_scale{1};
    std::optional<std::uint8_t> century;
};

constinit cpu::Locked<State> the_state{std::in_place};

// ---- Measuring -------------------------------------------------------------------------------------------

// What all counters showed at about one moment.
struct Sample {
    std::uint64_t reference, time_stamp;
    std::uint32_t local_timer;
};

// Of several the one that took least: an emulator, or firmware, may stop us between two reads.
Sample take_sample(Counter const& reference) {
    constexpr int tries          = 8;
    auto const* const apic       = interrupts::local_apic();
    std::uint64_t least_duration = ~std::uint64_t{0};
    Sample best{};
    for (int attempt = 0; attempt < tries; ++attempt) {
        Sample const sample{.reference   = reference.read(),
                            .time_stamp  = cpu::read_time_stamp(),
                            .local_timer = apic != nullptr ? apic->timer_count() : 0};
        auto const duration = reference.since(sample.reference);
        if (duration < least_duration) best = sample;
        least_duration = std::min(duration, least_duration);
    }
    return best;
}

struct Rates {
    std::uint64_t time_stamp, local_timer;
};

// How far the others come while the reference goes on for a millisecond.
Rates measure(Counter const& reference) {
    auto const* const apic = interrupts::local_apic();
    if (apic != nullptr) apic->start_timer(~std::uint32_t{0});
    auto const first = take_sample(reference);
    while (reference.since(first.reference) < reference.rate() / 1000) cpu::pause();
    auto const last  = take_sample(reference);
    auto const steps = reference.steps_between(first.reference, last.reference);
    if (apic != nullptr) apic->start_timer(0);
    auto const rate = [&](std::uint64_t passed) { return passed * reference.rate() / steps; };
    return {.time_stamp  = rate(last.time_stamp - first.time_stamp),
            .local_timer = rate(first.local_timer - last.local_timer)};
}

Counter choose_counter(Counter const& reference, Rates const& measured) {
    auto const told = told_time_stamp_rate();
    if (has_invariant_time_stamp()) return Counter::time_stamp(told.value_or(measured.time_stamp));
    return reference.kind() == Counter::Kind::pit ? Counter::time_stamp(measured.time_stamp) : reference;
}

// ---- The alarm -------------------------------------------------------------------------------------------

// As long as the hardware can wait, if that is shorter: then it is set once more.
void wake_after(State const& state, nanoseconds wait) {
    auto const steps = state.alarm_scale.steps(wait) + 1;
    switch (state.alarm) {
        case Alarm::none:     break;
        case Alarm::deadline: interrupts::LocalApic::set_deadline(cpu::read_time_stamp() + steps); break;
        case Alarm::local_timer:
            interrupts::local_apic()->start_timer(
                static_cast<std::uint32_t>(std::min<std::uint64_t>(steps, ~std::uint32_t{0})));
            break;
        case Alarm::pit: {
            auto pit = pc_pit;
            pit.start(static_cast<std::uint16_t>(std::min<std::uint64_t>(steps, 0xffff)));
            break;
        }
    }
}

void set_alarm(State& state, nanoseconds now) {
    auto wait = state.source.patience();
    if (auto const* const first = state.timers.first()) {
        auto const until_first = std::max(first->deadline() - now, nanoseconds{0});
        wait                   = wait ? std::min(*wait, until_first) : until_first;
    }
    if (wait) wake_after(state, *wait);
}

// Callbacks run without the lock: they may set timers.
void on_alarm() {
    while (true) {
        auto* const due = the_state.with([](State& state) {
            auto const now    = state.source.now();
            auto* const timer = state.timers.take_due(now);
            if (timer == nullptr) set_alarm(state, now);
            return timer;
        });
        if (due == nullptr) return;
        due->expire();
    }
}

Alarm choose_alarm(Counter const& counter) {
    auto const* const apic = interrupts::local_apic();
    if (apic == nullptr)
        return interrupts::take(interrupts::IsaLine::timer, "clock", on_alarm) ? Alarm::pit : Alarm::none;
    auto const vector = interrupts::take_vector("clock", on_alarm);
    if (!vector) return Alarm::none;
    auto const entry = interrupts::LocalVector::to(*vector);
    bool const by_deadline =
        counter.kind() == Counter::Kind::time_stamp && interrupts::local_apic_features().has_deadline_timer;
    apic->set(interrupts::LocalApic::Entry::timer, by_deadline ? entry.at_deadline() : entry);
    return by_deadline ? Alarm::deadline : Alarm::local_timer;
}

std::uint64_t rate_of(Alarm alarm, Counter const& counter, Rates const& measured) {
    switch (alarm) {
        case Alarm::deadline:    return counter.rate();
        case Alarm::local_timer: return std::max<std::uint64_t>(measured.local_timer, 1);
        case Alarm::pit:         return pit_rate;
        case Alarm::none:        break;
    }
    return 1;
}

std::string_view name_of(Alarm alarm) {
    switch (alarm) {
        case Alarm::none:        return "nothing";
        case Alarm::deadline:    return "the local APIC's timer, by deadline";
        case Alarm::local_timer: return "the local APIC's timer";
        case Alarm::pit:         return "the PIT";
    }
    return "unknown";
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
    auto const reference = best_reference(tables);
    auto const measured  = measure(reference);
    auto const counter   = choose_counter(reference, measured);
    auto const alarm     = choose_alarm(counter);
    the_state.with([&](State& state) {
        state.source      = TimeSource{counter};
        state.alarm       = alarm;
        state.alarm_scale = Scale{rate_of(alarm, counter, measured)};
        state.century     = tables.fadt.and_then([](acpi::Fadt const& fadt) { return fadt.century; });
        set_alarm(state, state.source.now());
    });
    log::set_time_source(time_if_free);
}

void set(Timer& timer, Clock::time_point deadline) {
    the_state.with([&](State& state) {
        require(state.alarm != Alarm::none, "this machine has no timer that could wake anybody");
        state.timers.remove(timer);
        state.timers.add(timer, deadline.time_since_epoch());
        if (state.timers.first() == &timer) set_alarm(state, state.source.now());
    });
}

void cancel(Timer& timer) {
    the_state.with([&](State& state) { state.timers.remove(timer); });
}

void halt_until(Clock::time_point deadline) {
    Timer timer{[](Timer&) {}};
    cpu::InterruptGuard const guard;
    set(timer, deadline);
    while (timer.is_waiting()) cpu::wait_for_interrupt();
}

std::optional<std::chrono::sys_seconds> wall_clock() {
    auto const century = the_state.with([](State& state) { return state.century; });
    return CmosClock{cpu::PortRange{0x70}, century}.read();
}

void print_clock() {
    auto const [counter, alarm] =
        the_state.with([](State& state) { return std::pair{state.source.counter(), state.alarm}; });
    console::println("  clock      {}, {} kHz{}; alarm by {}", counter.name(), counter.rate() / 1000,
                     counter.kind() == Counter::Kind::time_stamp && !has_invariant_time_stamp()
                         ? ", though its rate may change"
                         : "",
                     name_of(alarm));
}

}  // namespace pith::time
