// A stream: a task that gives many values, each when somebody asks for the next.
//
//   Stream<int> numbers() { for (int n = 0;; ++n) { co_await sleep_for(1s); co_yield n; } }
//
//   auto stream = numbers();
//   while (auto const number = co_await stream.next()) ...      // empty at the stream's end
//
// Needs:     base (failure), waiting, executor, the heap.
// Promises:  who asks and is cancelled while it waits loses no value: the next one who asks gets it,
//            whichever task that is. A stream that is destroyed where it waits is cancelled, as a task is;
//            but not while somebody asks it.
#pragma once

#include "base/fail.hpp"
#include "tasks/executor.hpp"

#include <concepts>
#include <coroutine>
#include <optional>
#include <utility>

namespace pith::tasks {

template <typename Value>
class [[nodiscard]] Stream {
public:
    class promise_type;  // NOLINT(readability-identifier-naming): the language's name

    // #region next
    // `co_await stream.next()`: the next value, or nothing if there will be none. One at a time may ask.
    class Next {
    public:
        explicit Next(promise_type& stream) : stream_{stream} {}
        Next(Next const&)            = delete;
        Next& operator=(Next const&) = delete;
        ~Next() { stream_.forget(asking_); }

        bool await_ready() const noexcept { return stream_.has_answer(); }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> coroutine) {
            asking_.prepare(coroutine);
            return stream_.go_on_for(asking_);
        }
        std::optional<Value> await_resume() { return stream_.take_value(); }

    private:
        promise_type& stream_;
        Waiter asking_;
    };
    Next next() { return Next{frame_.promise()}; }
    // #endregion next

    Stream(Stream&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} {}
    Stream& operator=(Stream&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    Stream(Stream const&)            = delete;
    Stream& operator=(Stream const&) = delete;
    ~Stream() {
        if (frame_) frame_.destroy();
    }

private:
    using Frame = std::coroutine_handle<promise_type>;

    explicit Stream(Frame frame) : frame_{frame} {}

    Frame frame_;
};

template <typename Value>
class Stream<Value>::promise_type {  // NOLINT(readability-identifier-naming): the name is the language's
public:
    promise_type()                               = default;
    promise_type(promise_type const&)            = delete;
    promise_type& operator=(promise_type const&) = delete;
    ~promise_type() { require(asking_ == nullptr, "a stream was destroyed while somebody asks it"); }

    Stream get_return_object() noexcept { return Stream{Frame::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }

    // #region answer
    // Back to whoever asked: by a jump, if the stream runs for that task; else that one is woken.
    struct Answer {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(Frame frame) noexcept {
            auto& stream       = frame.promise();
            stream.is_stopped_ = true;
            auto* const asking = std::exchange(stream.asking_, nullptr);
            if (asking == nullptr) return std::noop_coroutine();
            if (asking->is_of(Executor::running())) return asking->take().coroutine;
            asking->wake();
            return std::noop_coroutine();
        }
        void await_resume() noexcept {}
    };
    template <std::convertible_to<Value> From>
    Answer yield_value(From&& value) {
        value_.emplace(std::forward<From>(value));
        return {};
    }
    Answer final_suspend() noexcept {
        has_ended_ = true;
        return {};
    }
    void return_void() noexcept {}
    // #endregion answer
    void unhandled_exception() noexcept {}  // there are none

    // #region asked
    bool has_answer() const { return value_.has_value() || has_ended_; }
    std::coroutine_handle<> go_on_for(Waiter& asking) {
        require(asking_ == nullptr, "two ask one stream at a time");
        asking_ = &asking;
        if (!is_stopped_) return std::noop_coroutine();  // it waits for something already
        is_stopped_ = false;
        return Frame::from_promise(*this);
    }
    void forget(Waiter const& asking) {
        if (asking_ == &asking) asking_ = nullptr;
    }
    std::optional<Value> take_value() { return std::exchange(value_, std::nullopt); }
    // #endregion asked

private:
    std::optional<Value> value_;
    Waiter* asking_  = nullptr;
    bool is_stopped_ = true;  // at its beginning, at a value, or at its end
    bool has_ended_  = false;
};

}  // namespace pith::tasks
