// Waiting: a coroutine that is in nobody's way until somebody wakes it.
//
//   ready    [waiter] <-> [waiter]            an executor resumes these, one after the other
//   signal   [waiter]                         one such list for each thing that can be waited for
//
// A waiter is part of what its coroutine awaits, so it lies in the coroutine's frame, and goes with it: out
// of whatever list it is in. That makes it safe to destroy a coroutine wherever it waits.
//
// Needs:     cpu (lock).
// Promises:  nothing is allocated, and each step is a few instructions: an interrupt handler may wake. Who is
//            woken and does not exist any more is not resumed.
#pragma once

#include "cpu/spinlock.hpp"

#include <coroutine>
#include <memory>
#include <utility>

namespace pith::tasks {

class Spawned;

// One lock for all lists: a waiter goes from one to another.
extern constinit cpu::Spinlock waiting_lock;

// #region waiter
// A coroutine that waits: in one list, or in none.
class Waiter {
public:
    constexpr Waiter()               = default;
    Waiter(Waiter const&)            = delete;
    Waiter& operator=(Waiter const&) = delete;
    ~Waiter();

    // Takes note of who waits: the task that runs, or `task`. Call it first in `await_suspend`.
    void prepare(std::coroutine_handle<> coroutine);
    void prepare_for(std::shared_ptr<Spawned> task, std::coroutine_handle<> coroutine);
    // The coroutine is to go on soon. From anywhere; more than one call for a `prepare` does no harm.
    void wake();

    bool is_of(Spawned const* task) const { return task_.get() == task; }
    // The executor's: who is to go on. From then on nobody waits here.
    struct Woken {
        std::coroutine_handle<> coroutine;
        std::shared_ptr<Spawned> task;
    };
    Woken take() { return {std::exchange(coroutine_, nullptr), std::move(task_)}; }

private:
    friend class WaitList;

    void leave() __attribute__((requires_capability(waiting_lock)));
    void wake_locked() __attribute__((requires_capability(waiting_lock)));

    Waiter* next_     = nullptr;  // null: it is in no list
    Waiter* previous_ = nullptr;
    std::coroutine_handle<> coroutine_;  // null: it was resumed, or never waited
    std::shared_ptr<Spawned> task_;      // on whose behalf it waits
};
// #endregion waiter

// #region list
// Waiters, first come first served.
class WaitList {
public:
    constexpr WaitList() { ring_.next_ = ring_.previous_ = &ring_; }
    WaitList(WaitList const&)            = delete;
    WaitList& operator=(WaitList const&) = delete;
    ~WaitList();

    bool is_empty() const { return ring_.next_ == &ring_; }
    void add(Waiter& waiter) __attribute__((requires_capability(waiting_lock)));
    void wake_all() __attribute__((requires_capability(waiting_lock)));
    // Takes out the first, if there is one.
    Waiter* take_first() __attribute__((requires_capability(waiting_lock)));

    // `co_await list.wait()`: until somebody wakes all of this list. `Unless` is a callable that is asked
    // with the lock held whether there is nothing to wait for.
    template <typename Unless>
    auto wait(Unless unless) {
        return Wait<Unless>{*this, std::move(unless)};
    }

private:
    template <typename Unless>
    class Wait {
    public:
        Wait(WaitList& list, Unless unless) : list_{list}, unless_{std::move(unless)} {}

        bool await_ready() const noexcept { return false; }
        bool await_suspend(std::coroutine_handle<> coroutine) {
            waiter_.prepare(coroutine);
            cpu::SpinlockGuard const guard{waiting_lock};
            if (unless_()) return false;
            list_.add(waiter_);
            return true;
        }
        void await_resume() const noexcept {}

    private:
        WaitList& list_;
        Unless unless_;
        Waiter waiter_;
    };

    Waiter ring_;  // of no coroutine: the list's beginning and end
};
// #endregion list

// #region signal
// Something that happens again and again, at any time, and is waited for by tasks: an interrupt, say.
//
//   handler:  ring.push(byte); signal.raise();
//   task:     while (auto const byte = ring.pop()) ...; co_await signal;
//
// A raise wakes all that wait, and is remembered until somebody has gone on because of it: so nothing is
// missed between a look and the wait, nor when the one that was woken is cancelled before it runs.
class Signal {
public:
    constexpr Signal() = default;

    // From anywhere but handlers of what strikes anywhere (NMI, machine check): those may have interrupted
    // the lists' lock. They have the other one, which gives up then, and says so.
    void raise();
    [[nodiscard]] bool try_raise();

    class Wait {
    public:
        explicit Wait(Signal& signal) : signal_{signal} {}

        bool await_ready() const noexcept { return false; }
        bool await_suspend(std::coroutine_handle<> coroutine);
        void await_resume();

    private:
        Signal& signal_;
        Waiter waiter_;
    };
    Wait operator co_await() { return Wait{*this}; }

private:
    void raise_locked() __attribute__((requires_capability(waiting_lock)));

    WaitList waiting_;
    bool is_raised_ = false;
};
// #endregion signal

}  // namespace pith::tasks
