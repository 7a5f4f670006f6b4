// What is to happen when: timers in the order of their deadlines, as a pairing heap that goes through the
// timers themselves.
//
//            [3]                 a timer is not later than those below it;
//           / | \                its children are a list
//        [7] [4] [9]
//         |
//        [8]
//
// Needs:     base (failure).
// Promises:  adding takes constant time; taking the first or one from the midst, log n on average. Nothing is
//            allocated: an interrupt handler may do all of it.
// Reference: Fredman, Sedgewick, Sleator, Tarjan, "The Pairing Heap: A New Form of Self-Adjusting Heap".
#pragma once

#include "base/fail.hpp"

#include <chrono>
#include <utility>

namespace pith::time {

// Since the machine's clock started.
using Instant = std::chrono::nanoseconds;

// #region timer
// It stays where it is while it is in a queue.
class Timer {
public:
    // What is called with the timer when its time has come, no more in the queue. It may put it in again.
    using Callback = void (*)(Timer&);

    constexpr explicit Timer(Callback callback) : callback_{callback} {}
    Timer(Timer const&)            = delete;
    Timer& operator=(Timer const&) = delete;
    ~Timer() { require(!is_waiting_, "a timer was destroyed while it waits"); }

    Instant deadline() const { return deadline_; }
    bool is_waiting() const { return is_waiting_; }
    void expire() { callback_(*this); }

private:
    friend class TimerQueue;

    Callback callback_;
    Instant deadline_{};
    bool is_waiting_ = false;
    Timer* child_    = nullptr;
    Timer* next_     = nullptr;
    Timer* previous_ = nullptr;  // the sibling before, or the parent of the first child
};
// #endregion timer

class TimerQueue {
public:
    constexpr TimerQueue() = default;

    bool is_empty() const { return root_ == nullptr; }
    std::size_t size() const { return size_; }
    // The one with the earliest deadline; nullptr if there is none.
    Timer* first() const { return root_; }

    // #region queue
    void add(Timer& timer, Instant deadline) {
        require(!timer.is_waiting_, "a timer waits already");
        timer.deadline_   = deadline;
        timer.is_waiting_ = true;
        root_             = root_ == nullptr ? &timer : meld(*root_, timer);
        ++size_;
    }

    // It need not be in the queue.
    void remove(Timer& timer) {
        if (!timer.is_waiting_) return;
        auto* const below = meld_all(std::exchange(timer.child_, nullptr));
        if (&timer == root_) {
            root_ = below;
        } else {
            cut(timer);
            if (below != nullptr) root_ = meld(*root_, *below);
        }
        timer.is_waiting_ = false;
        --size_;
    }

    // Takes out the first one, if its deadline is not after `now`.
    Timer* take_due(Instant now) {
        auto* const due = root_;
        if (due == nullptr || due->deadline_ > now) return nullptr;
        remove(*due);
        return due;
    }
    // #endregion queue

private:
    // #region meld
    // One heap of two: whose root is later becomes the other's first child.
    static Timer* meld(Timer& one, Timer& other) {
        auto& parent = other.deadline_ < one.deadline_ ? other : one;
        auto& child  = &parent == &one ? other : one;
        child.next_  = parent.child_;
        if (child.next_ != nullptr) child.next_->previous_ = &child;
        child.previous_ = &parent;
        parent.child_   = &child;
        return &parent;
    }

    // One heap of a list: in pairs from the front, then those from the back.
    static Timer* meld_all(Timer* first) {
        Timer* pairs = nullptr;  // a list, through next_, the last one first
        while (first != nullptr) {
            auto* const one   = first;
            auto* const other = one->next_;
            first             = other == nullptr ? nullptr : other->next_;
            make_alone(*one);
            if (other != nullptr) make_alone(*other);
            auto* const pair = other == nullptr ? one : meld(*one, *other);
            pair->next_      = pairs;
            pairs            = pair;
        }
        Timer* result = nullptr;
        while (pairs != nullptr) {
            auto* const pair = std::exchange(pairs, pairs->next_);
            pair->next_      = nullptr;
            result           = result == nullptr ? pair : meld(*result, *pair);
        }
        return result;
    }
    // #endregion meld

    static void make_alone(Timer& timer) { timer.next_ = timer.previous_ = nullptr; }

    static void cut(Timer& timer) {
        (timer.previous_->child_ == &timer ? timer.previous_->child_ : timer.previous_->next_) = timer.next_;
        if (timer.next_ != nullptr) timer.next_->previous_ = timer.previous_;
        make_alone(timer);
    }

    Timer* root_      = nullptr;
    std::size_t size_ = 0;
};

}  // namespace pith::time
