// Exercise 15.3: until it is quiet.
#include "exercise.hpp"

namespace exercise {
namespace {

using namespace pith;

// A time limit wants a task.
tasks::Task<std::optional<char>> next_of(tasks::Stream<char>& from) { co_return co_await from.next(); }

}  // namespace

// The last look is cancelled by its limit, in the midst of asking. What comes then stays in the stream.
tasks::Task<std::string> read_burst(tasks::Stream<char>& from, time::Clock::duration pause) {
    std::string burst;
    auto letter = co_await from.next();
    while (letter) {
        burst.push_back(*letter);
        letter = (co_await tasks::with_timeout(next_of(from), pause)).value_or(std::nullopt);
    }
    co_return burst;
}

}  // namespace exercise
