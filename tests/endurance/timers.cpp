// Timers that are set, moved and cancelled: each rings once, not before its time, and in its order.
#include "findings.hpp"
#include "load.hpp"
#include "plant.hpp"

#include <array>
#include <optional>

namespace pith::endurance {
namespace {

constexpr auto latest = 100ms;

// When the last of them was due that rang.
constinit Clock::time_point last_due{};

struct Watched : time::Timer {
    Watched() : Timer{[](Timer& timer) { static_cast<Watched&>(timer).ring(); }} {}
    ~Watched() { time::cancel(*this); }

    void set_to(Clock::time_point when) {
        cpu::InterruptGuard const guard;
        time::set(*this, when);
        due  = when;
        sets = true;
    }
    // It may have rung meanwhile.
    void cancel() {
        cpu::InterruptGuard const guard;
        time::cancel(*this);
        expect_equal("a timer that waits or has rung", unsigned{is_waiting()}, 0U);
        sets = false;
    }
    void ring() {
        expect("a timer rings once, and not when it was cancelled", sets);
        sets           = false;
        auto const now = Clock::now();
        expect("a timer rings not before its time", now >= due);
        expect("a timer rings in its order", due >= last_due);
        expect("a timer rings in time", now - due < latest);
        last_due = due;
        ++rings;
    }

    Clock::time_point due{};
    bool sets           = false;
    std::uint64_t rings = 0;
};
[[clang::no_destroy]] constinit std::optional<Watched> left_behind;

void change(Watched& timer, Work& work) {
    if (work.chance.once_in(4)) return timer.cancel();
    auto const when =
        Clock::now() + work.up_to(work.chance.once_in(2) ? Clock::duration{2s} : Clock::duration{1ms});
    timer.set_to(when);
    if (is_planted(Plant::early_timer)) timer.due = when + 1s;
    if (is_planted(Plant::timer)) time::set_after(left_behind.emplace(), 1h);
}

}  // namespace

Task<> work_with_timers(Work& work) {
    std::array<Watched, 32> timers;
    while (!work.is_over()) {
        co_await tasks::sleep_for(work.up_to(500ms));
        for (auto left = work.chance.between(1, 8); left > 0; --left)
            change(work.chance.one_of(timers), work);
    }
    for (auto& timer : timers) {
        if (timer.is_waiting()) co_await tasks::sleep_until(timer.due + 1us);
        expect("a timer that was set has rung", !timer.is_waiting() && !timer.sets);
        work.done += timer.rings;
    }
}

}  // namespace pith::endurance
