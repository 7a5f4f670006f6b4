// An executor: runs tasks, one at a time, each until it waits for something.
//
//   auto const clock = executor.spawn("clock", show_time());
//   ...
//   clock.cancel();                          // ends it where it waits
//   auto const end = co_await other.end();   // in a task: waits until another has ended
//
// Tasks are never interrupted by each other: between two `co_await`s nothing changes but what interrupt
// handlers change. A task that does not wait keeps all others from running.
//
// Needs:     task, waiting, cpu.
// Promises:  who is ready first runs first. A task that has ended, or was cancelled, is never resumed again,
//            and all of its variables are destroyed.
#pragma once

#include "tasks/task.hpp"
#include "tasks/waiting.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pith::tasks {

class Executor;

// How a task came to its end.
enum class End : std::uint8_t { returned, cancelled };

// #region spawned
// A task that an executor runs: with a name, for people.
class Spawned : public std::enable_shared_from_this<Spawned> {
public:
    Spawned(Executor& executor, std::uint64_t number, std::string name, Task<> task)
        : executor_{executor}, number_{number}, name_{std::move(name)}, task_{std::move(task)} {}

    Executor& executor() const { return executor_; }
    std::uint64_t number() const { return number_; }
    std::string_view name() const [[clang::lifetimebound]] { return name_; }
    std::optional<End> end() const { return end_; }
    // How often it was resumed, and how many steps of the time-stamp counter that took in all.
    std::uint64_t runs() const { return runs_; }
    std::uint64_t steps() const { return steps_; }

private:
    friend class Executor;
    friend class TaskHandle;

    Executor& executor_;
    std::uint64_t number_;
    std::string name_;
    Task<> task_;
    std::optional<Waiter> first_run_;  // what makes it ready for the first time
    WaitList awaiting_end_;
    std::optional<End> end_;
    bool is_to_be_cancelled_ = false;
    std::uint64_t runs_ = 0, steps_ = 0;
    std::shared_ptr<Spawned> kept_;  // itself, until it has ended
    Spawned* next_     = nullptr;    // in the executor's list
    Spawned* previous_ = nullptr;
};
// #endregion spawned

// Who has spawned a task has one of these. It may be dropped: the task goes on.
class TaskHandle {
public:
    // The task ends where it waits; if it is the one that asks, when it waits next. Not for interrupt
    // handlers.
    void cancel() const;
    bool is_done() const { return spawned_->end().has_value(); }
    Spawned const& task() const { return *spawned_; }

    // `co_await handle.end()`: waits until it has ended, and says how.
    Task<End> end() const { return end_of(spawned_); }

private:
    friend class Executor;
    explicit TaskHandle(std::shared_ptr<Spawned> spawned) : spawned_{std::move(spawned)} {}

    static Task<End> end_of(std::shared_ptr<Spawned> spawned);

    std::shared_ptr<Spawned> spawned_;
};

class Executor {
public:
    constexpr Executor()                 = default;
    Executor(Executor const&)            = delete;
    Executor& operator=(Executor const&) = delete;
    ~Executor();

    // From now on the task is run. It begins when its turn comes.
    TaskHandle spawn(std::string name, Task<> task);

    // Resumes the first task that is ready. False if none is.
    bool run_next();
    bool has_ready() const { return !ready_.is_empty(); }

    // #region run
    // Runs tasks until this one has ended. Where none is ready it calls `idle` with interrupts off, which
    // must let them in until one has come.
    template <typename Idle>
    void run_until_end(TaskHandle const& task, Idle idle) {
        while (!task.is_done()) {
            if (run_next()) continue;
            // A handler that makes a task ready comes before this look, or ends the wait: no wake-up is lost.
            cpu::InterruptGuard const guard;
            if (!has_ready()) idle();
        }
    }
    // #endregion run

    // The task that is being resumed; null between tasks.
    static Spawned* running();

    // Calls `use(spawned)` for each task that has not ended, the oldest first.
    void for_each(auto&& use) const {
        for (auto const* task = first_; task != nullptr; task = task->next_) use(*task);
    }

    // Of a task of this executor.
    void make_ready(Waiter& waiter) __attribute__((requires_capability(waiting_lock))) { ready_.add(waiter); }

private:
    friend class TaskHandle;

    void resume(Spawned& task, std::coroutine_handle<> coroutine);
    void cancel(Spawned& task);
    void retire(Spawned& task, End end);
    void append(Spawned& task);
    void remove(Spawned& task);

    WaitList ready_;
    Spawned* first_       = nullptr;
    Spawned* last_        = nullptr;
    std::uint64_t number_ = 0;
};

// `co_await yield()`: goes on after all others that are ready now.
class Yield {
public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) {
        waiter_.prepare(coroutine);
        waiter_.wake();
    }
    void await_resume() const noexcept {}

private:
    Waiter waiter_;
};
inline Yield yield() { return {}; }

}  // namespace pith::tasks
