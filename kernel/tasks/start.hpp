// The kernel's own executor.
//
// Needs:     executor, time, console.
// Promises:  a processor whose tasks all wait is asleep, and is woken by interrupts only. A panic says
//            which task ran.
#pragma once

#include "tasks/executor.hpp"

namespace pith::tasks {

Executor& kernel_executor();

inline TaskHandle spawn(std::string name, Task<> task) {
    return kernel_executor().spawn(std::move(name), std::move(task));
}

// Interrupts on; runs what was spawned, and what that spawns, until this task has ended. (Tasks that never
// end make a kernel that never does.)
void run_until_end(TaskHandle const& task);

// How often the processor had nothing to do, and fell asleep.
std::uint64_t idle_count();

}  // namespace pith::tasks
