// Measuring from inside: instructions of the guest.
//
// For kernels that run under -icount shift=0, where the time-stamp counter counts instructions. A figure is the median
// of 4096 rounds, or of as many as it says, less the median of rounds in which nothing happens.
#pragma once

#include "console/print.hpp"
#include "cpu/time_stamp.hpp"
#include "testing/emulator_exit.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace pith::bench {

inline constexpr std::size_t rounds = 4096;

inline constinit std::array<std::uint32_t, rounds> samples{};

// What is around an action in each round, and no more.
inline constexpr auto nothing = [] { asm volatile(""); };

inline std::uint32_t median(std::span<std::uint32_t> of) {
    std::ranges::sort(of);
    return of[of.size() / 2];
}

// The median cost of `action`, the round itself included. What `prepare` does before is not counted. What
// takes long is done in fewer rounds.
template <std::size_t Rounds = rounds>
std::uint32_t median_of(auto&& action, auto&& prepare) {
    static_assert(Rounds <= rounds);
    auto const used = std::span{samples}.template first<Rounds>();
    for (auto& sample : used) {
        prepare();
        auto const before = cpu::unordered_time_stamp();
        action();
        sample = static_cast<std::uint32_t>(cpu::unordered_time_stamp() - before);
    }
    return median(used);
}

template <std::size_t Rounds = rounds>
std::uint32_t median_of(auto&& action) {
    return median_of<Rounds>(action, [] {});
}

// The same without what the rounds have around the action itself. It is done twice: the first time fills
// caches of the emulator.
template <std::size_t Rounds = rounds>
std::uint32_t cost_of(auto&& action, auto&& around, auto&& prepare) {
    auto const empty = median_of<Rounds>(around);
    median_of<Rounds>(action, prepare);
    return median_of<Rounds>(action, prepare) - empty;
}

template <std::size_t Rounds = rounds>
std::uint32_t cost_of(auto&& action) {
    return cost_of<Rounds>(action, nothing, [] {});
}

inline void figure(std::string_view name, std::uint64_t value) {
    console::println("FIGURE {} {}", name, value);
}

// The end of a benchmark kernel. All that ran is a figure, too: two runs that differ anywhere differ in that.
[[noreturn]] inline void finish() {
    figure("whole-run", cpu::unordered_time_stamp());
    testing::exit_emulator(testing::Outcome::passed);
}

template <std::size_t Rounds = rounds>
void report(std::string_view name, auto&& action, auto&& around) {
    figure(name, cost_of<Rounds>(action, around, [] {}));
}

template <std::size_t Rounds = rounds>
void report(std::string_view name, auto&& action) {
    report<Rounds>(name, action, nothing);
}

}  // namespace pith::bench
