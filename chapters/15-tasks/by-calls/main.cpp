// Tasks that go on with each other by calls, as one would write them first. Each await leaves frames on the
// stack, until there is no stack any more.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <coroutine>
#include <utility>

using namespace pith;
using console::println;

namespace {

// #region task
class Task {
public:
    struct promise_type {  // NOLINT(readability-identifier-naming): the name is the language's
        struct End {
            bool await_ready() noexcept { return false; }
            void await_suspend(std::coroutine_handle<promise_type> ended) noexcept {
                ended.promise().awaiting.resume();  // whoever waits goes on: by a call
            }
            void await_resume() noexcept {}
        };
        Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        End final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}

        std::coroutine_handle<> awaiting = std::noop_coroutine();
    };

    explicit Task(std::coroutine_handle<promise_type> frame) : frame_{frame} {}
    Task(Task&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} {}
    Task(Task const&)            = delete;
    Task& operator=(Task const&) = delete;
    Task& operator=(Task&&)      = delete;
    ~Task() {
        if (frame_) frame_.destroy();
    }

    void start() { frame_.resume(); }

    bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiting) {
        frame_.promise().awaiting = awaiting;
        frame_.resume();  // the awaited one begins: by a call
    }
    void await_resume() noexcept {}

private:
    std::coroutine_handle<promise_type> frame_;
};
// #endregion task

// #region loop
Task step() { co_return; }

Task walk() {
    for (unsigned steps = 1; steps <= 1'000'000; ++steps) {
        co_await step();
        if (steps == 10) println("ten steps");
        if (steps == 1000) println("a thousand steps");
    }
    println("a million steps");
}
// #endregion loop

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    auto task = walk();
    task.start();
    cpu::halt_forever();
}
