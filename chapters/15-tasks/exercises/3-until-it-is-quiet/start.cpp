// Exercise 15.3: until it is quiet. This one is content with one letter.
#include "exercise.hpp"

namespace exercise {

using namespace pith;

tasks::Task<std::string> read_burst(tasks::Stream<char>& from, time::Clock::duration pause) {
    static_cast<void>(pause);
    std::string burst;
    if (auto const letter = co_await from.next()) burst.push_back(*letter);
    co_return burst;
}

}  // namespace exercise
