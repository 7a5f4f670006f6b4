#include "tasks/executor.hpp"

#include "cpu/time_stamp.hpp"

namespace pith::tasks {
namespace {

constinit Spawned* the_running_task = nullptr;

}  // namespace

Spawned* Executor::running() { return the_running_task; }

Executor::~Executor() {
    while (first_ != nullptr) retire(*first_, End::cancelled);
}

// #region spawn
TaskHandle Executor::spawn(std::string name, Task<> task) {
    auto const spawned = std::make_shared<Spawned>(*this, ++number_, std::move(name), std::move(task));
    spawned->kept_     = spawned;
    append(*spawned);
    spawned->first_run_.emplace().prepare_for(spawned, spawned->task_.frame());
    spawned->first_run_->wake();
    return TaskHandle{spawned};
}
// #endregion spawn

// #region run
bool Executor::run_next() {
    require(the_running_task == nullptr, "a task runs its own executor");
    auto const next = [this] {
        cpu::SpinlockGuard const guard{waiting_lock};
        auto* const waiter = ready_.take_first();
        return waiter != nullptr ? waiter->take() : Waiter::Woken{};
    }();
    if (next.coroutine == nullptr) return false;
    resume(*next.task, next.coroutine);
    return true;
}

void Executor::resume(Spawned& task, std::coroutine_handle<> coroutine) {
    the_running_task = &task;
    auto const start = cpu::read_time_stamp();
    coroutine.resume();
    task.steps_ += cpu::read_time_stamp() - start;
    ++task.runs_;
    the_running_task = nullptr;
    if (task.end_) return;  // it went on with what outlived the task
    if (task.task_.is_done())
        retire(task, End::returned);
    else if (task.is_to_be_cancelled_)
        retire(task, End::cancelled);
}
// #endregion run

void Executor::cancel(Spawned& task) {
    if (task.end_) return;
    if (&task == the_running_task)
        task.is_to_be_cancelled_ = true;
    else
        retire(task, End::cancelled);
}

// #region retire
void Executor::retire(Spawned& task, End end) {
    task.end_       = end;
    auto const kept = std::move(task.kept_);
    remove(task);
    task.first_run_.reset();
    task.task_.cancel();
    cpu::SpinlockGuard const guard{waiting_lock};
    task.awaiting_end_.wake_all();
}
// #endregion retire

void Executor::append(Spawned& task) {
    task.previous_                             = last_;
    (last_ != nullptr ? last_->next_ : first_) = &task;
    last_                                      = &task;
}

void Executor::remove(Spawned& task) {
    (task.previous_ != nullptr ? task.previous_->next_ : first_) = task.next_;
    (task.next_ != nullptr ? task.next_->previous_ : last_)      = task.previous_;
    task.next_ = task.previous_ = nullptr;
}

void TaskHandle::cancel() const { spawned_->executor().cancel(*spawned_); }

Task<End> TaskHandle::end_of(std::shared_ptr<Spawned> spawned) {
    co_await spawned->awaiting_end_.wait([&] { return spawned->end_.has_value(); });
    co_return *spawned->end_;
}

}  // namespace pith::tasks
