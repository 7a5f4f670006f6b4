// error: ignoring return value of function declared with 'nodiscard' attribute
#include "tasks/task.hpp"

using namespace pith;

tasks::Task<> work();
tasks::Task<> test();
tasks::Task<> test() {
#ifdef MISTAKE
    work();  // it would never run
    co_return;
#else
    co_await work();
#endif
}
