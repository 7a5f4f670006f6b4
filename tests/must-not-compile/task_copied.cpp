// error: call to deleted constructor
#include "tasks/task.hpp"

using namespace pith;

tasks::Task<> test(tasks::Task<> task);
tasks::Task<> test(tasks::Task<> task) {
#ifdef MISTAKE
    auto copy = task;  // whose frame would it be?
#else
    auto copy = std::move(task);
#endif
    co_await std::move(copy);
}
