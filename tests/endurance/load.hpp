// Loads: what goes on all at once, for a minute, each as a task.
//
// A load does one piece of work after the other and waits between them. When its time is over it gives back
// all that it has, and ends.
#pragma once

#include "chance.hpp"
#include "tasks/sleep.hpp"

#include <chrono>

namespace pith::endurance {

using namespace std::chrono_literals;
using tasks::Task;
using time::Clock;

// One minute of one load.
struct Work {
    Chance chance;
    Clock::time_point end;
    std::uint64_t done       = 0;  // so many pieces
    std::uint64_t exhaustion = 0;  // so often it took all that there was

    bool is_over() const { return Clock::now() >= end; }
    Clock::duration up_to(Clock::duration most) {
        return Clock::duration{chance.below(static_cast<std::uint64_t>(most.count()))};
    }
};

Task<> work_with_timers(Work& work);
Task<> work_with_faults(Work& work);
Task<> work_with_vectors(Work& work);
Task<> work_with_blocks(Work& work);
Task<> work_with_frames(Work& work);
Task<> work_with_keys(Work& work);
Task<> work_with_lines(Work& work);
Task<> work_with_registers(Work& work);
Task<> work_with_messages(Work& work);

}  // namespace pith::endurance
