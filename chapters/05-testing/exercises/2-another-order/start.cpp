// Exercise 5.2: the order in which the tests are run. Here it is always the same.
#include "exercise.hpp"

void shuffle(std::span<unsigned> order, std::uint64_t) {
    for (std::size_t index = 0; index < order.size(); ++index) order[index] = static_cast<unsigned>(index);
}
