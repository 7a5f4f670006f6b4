// A channel: what some tasks make and others use, first in, first out.
//
//   Channel<Line, 16> lines;
//   co_await lines.send(line);                              // waits while it is full
//   while (auto const line = co_await lines.receive()) ...   // empty when it was closed, and all is read
//
// Between an interrupt handler and a task stands a ring with a signal instead: a handler cannot wait.
//
// Needs:     task, waiting.
// Promises:  nothing that was sent is lost, also if who waits for it is cancelled.
#pragma once

#include "base/fail.hpp"
#include "tasks/task.hpp"
#include "tasks/waiting.hpp"

#include <deque>

namespace pith::tasks {

template <typename Value, std::size_t capacity>
    requires(capacity > 0)
class Channel {
public:
    Channel()                          = default;
    Channel(Channel const&)            = delete;
    Channel& operator=(Channel const&) = delete;

    // #region channel
    // Waits for room. False if the channel is closed: then the value is gone.
    Task<bool> send(Value value) {
        while (!need_not_wait_to_send()) co_await senders_.wait([this] { return need_not_wait_to_send(); });
        co_return try_send(std::move(value));
    }
    // Without waiting: false if there is no room, or the channel is closed.
    bool try_send(Value value) {
        if (is_closed_ || values_.size() == capacity) return false;
        values_.push_back(std::move(value));
        wake_all(receivers_);
        return true;
    }

    // The oldest value; nothing if the channel is closed and empty.
    Task<std::optional<Value>> receive() {
        while (!need_not_wait_to_receive())
            co_await receivers_.wait([this] { return need_not_wait_to_receive(); });
        co_return try_receive();
    }
    std::optional<Value> try_receive() {
        if (values_.empty()) return std::nullopt;
        std::optional<Value> value{std::move(values_.front())};
        values_.pop_front();
        wake_all(senders_);
        return value;
    }
    // #endregion channel

    // Nothing more is sent. What is inside can still be received.
    void close() {
        is_closed_ = true;
        wake_all(senders_);
        wake_all(receivers_);
    }

    std::size_t size() const { return values_.size(); }

private:
    bool need_not_wait_to_send() const { return is_closed_ || values_.size() < capacity; }
    bool need_not_wait_to_receive() const { return is_closed_ || !values_.empty(); }

    // All of them, for the first may be cancelled before it goes on: each looks whether there is something
    // for it.
    static void wake_all(WaitList& list) {
        cpu::SpinlockGuard const guard{waiting_lock};
        list.wake_all();
    }

    std::deque<Value> values_;
    bool is_closed_ = false;
    WaitList senders_, receivers_;
};

}  // namespace pith::tasks
