// What exercise 15.1 asks for: a coroutine type, and two coroutines of that type.
#pragma once

#include <coroutine>
#include <optional>

namespace exercise {

// A row of numbers, each made when it is asked for. Its frame belongs to it.
class Generator {
public:
    // NOLINTNEXTLINE(readability-identifier-naming): the name is the language's
    struct promise_type;  // yours

    Generator(Generator&& other) noexcept;
    Generator(Generator const&)            = delete;
    Generator& operator=(Generator const&) = delete;
    Generator& operator=(Generator&&)      = delete;
    ~Generator();

    // The next number; nothing when there are no more, however often it is asked then.
    std::optional<int> next();

private:
    explicit Generator(std::coroutine_handle<promise_type> frame) : frame_{frame} {}

    std::coroutine_handle<promise_type> frame_;
};

// What lives as long as a body does: the check counts them.
struct Witness {
    Witness() { ++begun, ++alive; }
    ~Witness() { --alive; }
    Witness(Witness const&)            = delete;
    Witness& operator=(Witness const&) = delete;

    static inline int begun = 0, alive = 0;
};

Generator count(int from, int to);
Generator squares_of(Generator numbers);

}  // namespace exercise
