#include "tasks/sleep.hpp"

namespace pith::tasks {

Stream<time::Clock::time_point> every(time::Clock::duration period) {
    require(period > time::Clock::duration::zero(), "a period must be longer than nothing");
    auto next = time::Clock::now() + period;
    while (true) {
        co_await sleep_until(next);
        co_yield next;
        auto const late = time::Clock::now() - next;
        next += period * (1 + std::max(late, time::Clock::duration::zero()) / period);
    }
}

}  // namespace pith::tasks
