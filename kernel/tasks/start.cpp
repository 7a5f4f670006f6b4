#include "tasks/start.hpp"

#include "console/panic.hpp"
#include "cpu/halt.hpp"

namespace pith::tasks {
namespace {

[[clang::no_destroy]] constinit Executor the_executor;
constinit std::uint64_t times_idle = 0;

std::string_view name_of_running() {
    auto const* const running = Executor::running();
    return running != nullptr ? running->name() : std::string_view{};
}

}  // namespace

Executor& kernel_executor() { return the_executor; }

// #region idle
void run_until_end(TaskHandle const& task) {
    console::set_task_namer(name_of_running);
    cpu::enable_interrupts();
    the_executor.run_until_end(task, [] {
        ++times_idle;
        cpu::wait_for_interrupt();
    });
}
// #endregion idle

std::uint64_t idle_count() { return times_idle; }

}  // namespace pith::tasks
