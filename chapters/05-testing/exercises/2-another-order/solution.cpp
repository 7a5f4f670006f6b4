// From the end on: each place gets one of those that are not placed yet, itself among them. (Ronald Fisher
// and Frank Yates; Richard Durstenfeld.)
#include "exercise.hpp"

#include <utility>

void shuffle(std::span<unsigned> order, std::uint64_t seed) {
    for (std::size_t index = 0; index < order.size(); ++index) order[index] = static_cast<unsigned>(index);
    for (std::size_t left = order.size(); left > 1; --left)
        std::swap(order[left - 1], order[next_random(seed) % left]);
}
