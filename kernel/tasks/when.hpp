// Several tasks at once, within one: until the first of them ends, or all.
//
//   auto first = co_await when_any(read_key(), read_serial());        // a variant: its index says which
//   auto [a, b] = co_await when_all(one(), other());
//
// Needs:     task.
// Promises:  each begins when it is awaited, in the order in which they stand, and runs up to its first wait.
//            (By a call: one in another takes stack.) Those that are not first are cancelled where they wait;
//            one that was not begun never runs.
#pragma once

#include "tasks/task.hpp"

#include <array>
#include <tuple>
#include <variant>

namespace pith::tasks {

namespace detail {

// What stands for a result where void cannot.
template <typename Result>
using Value = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;

template <typename Result>
Value<Result> value_of(Task<Result>& task) {
    if constexpr (std::is_void_v<Result>)
        return {};
    else
        return task.take_result();
}

// #region race
// Awaits the first of these tasks to end.
template <typename... Results>
class Race {
public:
    using Winner = std::variant<Value<Results>...>;

    explicit Race(std::tuple<Task<Results>...> tasks) : tasks_{std::move(tasks)} {}

    bool await_ready() const noexcept { return false; }
    // False, and so no wait, if one ends before it has waited for anything.
    bool await_suspend(std::coroutine_handle<> awaiting) {
        return std::apply(
            [&](auto&... tasks) {
                bool const one_ended = ((tasks.start(), tasks.is_done()) || ...);
                if (!one_ended) (tasks.continue_with(awaiting), ...);
                return !one_ended;
            },
            tasks_);
    }
    Winner await_resume() { return take(std::index_sequence_for<Results...>{}); }

private:
    template <std::size_t... indices>
    Winner take(std::index_sequence<indices...>) {
        std::optional<Winner> winner;
        (take_one<indices>(winner), ...);
        // Now: whoever awaits us may keep us, and the others must not go on meanwhile.
        (std::get<indices>(tasks_).cancel(), ...);
        return *std::move(winner);
    }
    template <std::size_t index>
    void take_one(std::optional<Winner>& winner) {
        auto& task = std::get<index>(tasks_);
        if (!winner && task.is_done()) winner.emplace(std::in_place_index<index>, value_of(task));
    }

    std::tuple<Task<Results>...> tasks_;
};
// #endregion race

}  // namespace detail

// #region both
template <typename... Results>
    requires(sizeof...(Results) != 0)
Task<std::variant<detail::Value<Results>...>> when_any(Task<Results>... tasks) {
    co_return co_await detail::Race<Results...>{std::tuple{std::move(tasks)...}};
}

template <typename... Results>
Task<std::tuple<detail::Value<Results>...>> when_all(Task<Results>... tasks) {
    (tasks.start(), ...);
    (static_cast<void>(co_await tasks.completed()), ...);
    co_return std::tuple<detail::Value<Results>...>{detail::value_of(tasks)...};
}
// #endregion both

}  // namespace pith::tasks
