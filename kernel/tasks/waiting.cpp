#include "tasks/waiting.hpp"

#include "base/fail.hpp"
#include "tasks/executor.hpp"

namespace pith::tasks {

constinit cpu::Spinlock waiting_lock;

// #region leave
Waiter::~Waiter() {
    if (next_ == nullptr) return;
    cpu::SpinlockGuard const guard{waiting_lock};
    leave();
}
// #endregion leave

// #region prepare
void Waiter::prepare(std::coroutine_handle<> coroutine) {
    auto* const running = Executor::running();
    require(running != nullptr, "a coroutine waits that no executor runs");
    prepare_for(running->shared_from_this(), coroutine);
}

void Waiter::prepare_for(std::shared_ptr<Spawned> task, std::coroutine_handle<> coroutine) {
    coroutine_ = coroutine;
    task_      = std::move(task);
}
// #endregion prepare

// #region wake
void Waiter::wake() {
    cpu::SpinlockGuard const guard{waiting_lock};
    wake_locked();
}

void Waiter::wake_locked() {
    if (coroutine_) task_->executor().make_ready(*this);
}
// #endregion wake

void Waiter::leave() {
    if (next_ == nullptr) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
}

WaitList::~WaitList() {
    require(is_empty(), "something that is waited for was destroyed");
    ring_.next_ = nullptr;  // it is in no list of others
}

void WaitList::add(Waiter& waiter) {
    waiter.leave();
    waiter.next_           = &ring_;
    waiter.previous_       = ring_.previous_;
    ring_.previous_->next_ = &waiter;
    ring_.previous_        = &waiter;
}

void WaitList::wake_all() {
    while (!is_empty()) ring_.next_->wake_locked();
}

Waiter* WaitList::take_first() {
    if (is_empty()) return nullptr;
    auto* const first = ring_.next_;
    first->leave();
    return first;
}

void Signal::raise() {
    cpu::SpinlockGuard const guard{waiting_lock};
    raise_locked();
}

bool Signal::try_raise() {
    cpu::InterruptGuard const guard;
    if (!waiting_lock.try_lock()) return false;
    raise_locked();
    waiting_lock.unlock();
    return true;
}

// #region signal
void Signal::raise_locked() {
    is_raised_ = true;
    waiting_.wake_all();
}

bool Signal::Wait::await_suspend(std::coroutine_handle<> coroutine) {
    waiter_.prepare(coroutine);
    cpu::SpinlockGuard const guard{waiting_lock};
    if (signal_.is_raised_) return false;
    signal_.waiting_.add(waiter_);
    return true;
}

void Signal::Wait::await_resume() {
    cpu::SpinlockGuard const guard{waiting_lock};
    signal_.is_raised_ = false;
}
// #endregion signal

}  // namespace pith::tasks
