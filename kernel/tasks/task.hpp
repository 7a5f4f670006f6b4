// A task: a function that may wait, and lets others run meanwhile.
//
//   Task<int> answer() { co_await sleep_for(1s); co_return 42; }
//   Task<>    ask()    { auto const number = co_await answer(); ... }
//
// Calling such a function makes its frame and runs nothing yet. Who awaits it starts it, and goes on when it
// has ended. The frame belongs to the Task: to destroy one is to cancel what it was doing, with all that it
// waits for, and all of its variables are destroyed. So a task can be dropped wherever it waits.
//
// Needs:     base (failure), the heap.
// Promises:  from awaiting to going on no stack grows, however deep the calls are. (To destroy a task that
//            awaits another is a call each: a kernel's stack of 32 KiB has room for some hundred.)
// Reference: C++23, "Coroutine definitions"; L. Baker, "C++ Coroutines: Understanding Symmetric Transfer".
#pragma once

#include "base/fail.hpp"

#include <concepts>
#include <coroutine>
#include <optional>
#include <utility>

namespace pith::tasks {

template <typename Result = void>
class Task;

namespace detail {

// #region promise
// What is the same for all results.
class Promise {
public:
    std::suspend_always initial_suspend() noexcept { return {}; }

    // Goes on with whoever awaits the task. (A jump and no call: that is why no stack grows.)
    struct End {
        bool await_ready() noexcept { return false; }
        template <typename Ended>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Ended> ended) noexcept {
            return ended.promise().awaiting_;
        }
        void await_resume() noexcept {}
    };
    End final_suspend() noexcept { return {}; }

    void unhandled_exception() noexcept {}  // there are none

    void continue_with(std::coroutine_handle<> awaiting) { awaiting_ = awaiting; }

private:
    std::coroutine_handle<> awaiting_ = std::noop_coroutine();
};
// #endregion promise

// #region result
template <typename Result>
class ResultPromise : public Promise {
public:
    Task<Result> get_return_object() noexcept;
    template <std::convertible_to<Result> From>
    void return_value(From&& value) {
        result_.emplace(std::forward<From>(value));
    }
    Result take_result() { return *std::move(result_); }

private:
    std::optional<Result> result_;
};

template <>
class ResultPromise<void> : public Promise {
public:
    Task<void> get_return_object() noexcept;
    void return_void() noexcept {}
    void take_result() {}
};
// #endregion result

}  // namespace detail

// #region task
template <typename Result>
class [[nodiscard]] Task {
public:
    // NOLINTNEXTLINE(readability-identifier-naming): the name is the language's
    using promise_type = detail::ResultPromise<Result>;

    Task(Task&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} {}
    Task& operator=(Task&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    Task(Task const&)            = delete;
    Task& operator=(Task const&) = delete;
    ~Task() {
        if (frame_) frame_.destroy();
    }

    // `co_await task()`: starts it, and gives its result when it has ended.
    auto operator co_await() && noexcept { return Start{frame_}; }

    // ---- For what runs several tasks at once (executor, when_any, when_all) ----

    // Runs it until it waits for the first time, or ends. Nobody is told when it ends.
    void start() { frame_.resume(); }
    bool is_done() const { return frame_.done(); }
    // `co_await task.completed()`, of a task that was started: waits for its end.
    auto completed() noexcept { return Completed{frame_}; }
    // Who is told when it ends.
    void continue_with(std::coroutine_handle<> awaiting) { frame_.promise().continue_with(awaiting); }
    // Of one that is done.
    Result take_result() { return frame_.promise().take_result(); }
    // Ends it where it is.
    void cancel() {
        if (frame_) std::exchange(frame_, nullptr).destroy();
    }
    std::coroutine_handle<> frame() const { return frame_; }

private:
    friend promise_type;
    using Frame = std::coroutine_handle<promise_type>;

    struct Completed {
        Frame frame;

        bool await_ready() noexcept { return frame.done(); }
        void await_suspend(std::coroutine_handle<> awaiting) noexcept {
            frame.promise().continue_with(awaiting);
        }
        void await_resume() noexcept {}
    };
    struct Start {
        Frame frame;

        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
            frame.promise().continue_with(awaiting);
            return frame;
        }
        Result await_resume() { return frame.promise().take_result(); }
    };

    explicit Task(Frame frame) : frame_{frame} {}

    Frame frame_;
};
// #endregion task

namespace detail {

// #region return-object
template <typename Result>
Task<Result> ResultPromise<Result>::get_return_object() noexcept {
    return Task<Result>{std::coroutine_handle<ResultPromise>::from_promise(*this)};
}
inline Task<void> ResultPromise<void>::get_return_object() noexcept {
    return Task<void>{std::coroutine_handle<ResultPromise>::from_promise(*this)};
}
// #endregion return-object

}  // namespace detail

}  // namespace pith::tasks
