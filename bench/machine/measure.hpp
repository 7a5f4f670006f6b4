// Measuring from inside: instructions of the guest.
//
// For kernels that run under -icount shift=0, where the time-stamp counter counts instructions. Each figure
// is the median of 4096 rounds, less the median of rounds in which nothing happens.
#pragma once

#include "console/print.hpp"
#include "cpu/random.hpp"

#include <algorithm>
#include <array>

namespace pith::bench {

inline constexpr std::size_t rounds = 4096;

inline constinit std::array<std::uint32_t, rounds> samples{};

// The median cost of `action`. What `prepare` does before each round is not counted.
template <typename Action, typename Prepare>
std::uint32_t median_of(Action&& action, Prepare&& prepare) {
    for (auto& sample : samples) {
        prepare();
        auto const before = cpu::read_time_stamp();
        action();
        sample = static_cast<std::uint32_t>(cpu::read_time_stamp() - before);
    }
    std::ranges::sort(samples);
    return samples[rounds / 2];
}

template <typename Action>
std::uint32_t median_of(Action&& action) {
    return median_of(action, [] {});
}

// Twice: the first time fills caches of the emulator. `nothing` is what the rounds have around the action
// itself.
template <typename Action, typename Nothing>
void report(std::string_view name, Action&& action, Nothing&& nothing) {
    auto const empty = median_of(nothing);
    median_of(action);
    console::println("FIGURE {} {}", name, median_of(action) - empty);
}

}  // namespace pith::bench
