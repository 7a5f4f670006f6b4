// A clock that goes on when a test says so, in the place of the machine's (kernel/time/clock.cpp).
#pragma once

#include "time/clock.hpp"

namespace pith::time {

inline Instant fake_now{};
inline TimerQueue fake_timers;

// The clock goes on, and what is due in between is called at its time.
inline void let_pass(Instant duration) {
    auto const until = fake_now + duration;
    while (auto* const first = fake_timers.first()) {
        if (first->deadline() > until) break;
        fake_now = std::max(fake_now, first->deadline());
        fake_timers.take_due(fake_now)->expire();
    }
    fake_now = until;
}

}  // namespace pith::time
