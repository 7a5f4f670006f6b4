// Exercise 15.2: a gate.
#include "exercise.hpp"

namespace exercise {

using namespace pith;

// Between the last look and the next line nobody else runs. (Who was woken may find the place taken, and
// waits again.)
tasks::Task<> Gate::enter() {
    while (free_ == 0) co_await waiting_.wait([this] { return free_ != 0; });
    --free_;
}

// All, for the first may be cancelled before it goes on.
void Gate::leave() {
    ++free_;
    cpu::SpinlockGuard const guard{tasks::waiting_lock};
    waiting_.wake_all();
}

}  // namespace exercise
