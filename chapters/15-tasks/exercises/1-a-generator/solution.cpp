// Exercise 15.1: a generator.
#include "exercise.hpp"

#include <utility>

namespace exercise {

struct Generator::promise_type {  // NOLINT(readability-identifier-naming): the name is the language's
    Generator get_return_object() {
        return Generator{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept {
        current.reset();
        return {};
    }
    std::suspend_always yield_value(int number) {
        current = number;
        return {};
    }
    void return_void() {}
    void unhandled_exception() {}

    std::optional<int> current;
};

Generator::Generator(Generator&& other) noexcept : frame_{std::exchange(other.frame_, nullptr)} {}
Generator::~Generator() {
    if (frame_) frame_.destroy();
}

// A frame that is done must not be resumed.
std::optional<int> Generator::next() {
    if (!frame_.done()) frame_.resume();
    return frame_.promise().current;
}

Generator count(int from, int to) {
    Witness const witness;
    for (int number = from; number <= to; ++number) co_yield number;
}

Generator squares_of(Generator numbers) {
    Witness const witness;
    while (auto const number = numbers.next()) co_yield *number** number;
}

}  // namespace exercise
