// Exercise 15.1: a generator. It compiles, and does nothing right yet.
#include "exercise.hpp"

#include <utility>

namespace exercise {

struct Generator::promise_type {  // NOLINT(readability-identifier-naming): the name is the language's
    Generator get_return_object() {
        return Generator{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int number) {
        static_cast<void>(number);
        return {};
    }
    void return_void() {}
    void unhandled_exception() {}
};

Generator::Generator(Generator&& other) noexcept : frame_{other.frame_} {}
Generator::~Generator() = default;

std::optional<int> Generator::next() { return std::nullopt; }

// ---- These two are right ---------------------------------------------------------------------------------

Generator count(int from, int to) {
    Witness const witness;
    for (int number = from; number <= to; ++number) co_yield number;
}

Generator squares_of(Generator numbers) {
    Witness const witness;
    while (auto const number = numbers.next()) co_yield *number** number;
}

}  // namespace exercise
