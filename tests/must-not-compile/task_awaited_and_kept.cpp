// error: no member named 'await_ready'
#include "tasks/task.hpp"

using namespace pith;

tasks::Task<> test(tasks::Task<> task);
tasks::Task<> test(tasks::Task<> task) {
#ifdef MISTAKE
    co_await task;  // and again? A task runs once
#else
    co_await std::move(task);
#endif
}
