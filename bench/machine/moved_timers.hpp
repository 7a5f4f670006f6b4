// Timers that wait, and of which any one is moved: for benchmark kernels.
//
// Needs:     time.
#pragma once

#include "chance.hpp"
#include "measure.hpp"
#include "time/clock.hpp"

#include <deque>

namespace pith::bench {

struct IdleTimer : time::Timer {
    IdleTimer() : Timer{[](Timer&) {}} {}
    ~IdleTimer() { time::cancel(*this); }
    IdleTimer(IdleTimer const&)            = delete;
    IdleTimer& operator=(IdleTimer const&) = delete;
};

// Of so many timers one is cancelled, and set to another time: so far away that none comes due meanwhile. The mean, since
// what one move postpones another has to do: of so many moves that each timer is moved about four times, after each was
// moved about twice. (Of fewer it was once 131, once 187, as chance had it.)
inline std::uint64_t cost_of_moving_one_of(std::size_t waiting) {
    using namespace std::chrono_literals;
    restart_chance();
    std::deque<IdleTimer> timers(waiting);
    auto const now      = time::Clock::now();
    auto const some_day = [&] { return now + 1h + std::chrono::seconds{random_below(1'000'000)}; };
    for (auto& timer : timers) time::set(timer, some_day());
    auto const cost_of_moves = [&](std::size_t count) {
        std::uint64_t sum = 0;
        for (std::size_t round = 0; round < count; ++round) {
            auto& timer       = timers[random_below(waiting)];
            auto const day    = some_day();
            auto const before = cpu::unordered_time_stamp();
            time::cancel(timer);
            time::set(timer, day);
            sum += cpu::unordered_time_stamp() - before;
        }
        return sum;
    };
    cost_of_moves(2 * waiting);
    auto const moves = std::max(rounds, 4 * waiting);
    return cost_of_moves(moves) / moves;
}

}  // namespace pith::bench
