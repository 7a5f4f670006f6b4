// The benchmark kernel of the heap: what new and delete cost, in instructions of the guest.
//
// Run by `./pith bench heap` under -icount shift=0, where the time-stamp counter counts instructions. The
// figure is the median of 4096 rounds, less the median of rounds in which nothing happens.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/random.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "testing/emulator_exit.hpp"

#include <algorithm>
#include <array>
#include <new>

using namespace pith;

namespace {

constexpr std::size_t rounds = 4096;

constinit std::array<std::uint32_t, rounds> samples{};

// The median cost of `action`.
template <typename Action>
std::uint32_t median_of(Action&& action) {
    for (auto& sample : samples) {
        auto const before = cpu::read_time_stamp();
        action();
        sample = static_cast<std::uint32_t>(cpu::read_time_stamp() - before);
    }
    std::ranges::sort(samples);
    return samples[rounds / 2];
}

// Called as functions, since the compiler may leave out a new that is followed by its delete.
constexpr auto pair = [] { ::operator delete(::operator new(64), std::size_t{64}); };

constexpr auto nothing = [] { asm volatile(""); };

}  // namespace

void kernel_main(boot::Start start) {
    console::start();
    exceptions::start();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    auto const empty = median_of(nothing);
    median_of(pair);  // fills caches of the emulator
    console::println("FIGURE heap-pair {}", median_of(pair) - empty);
    testing::exit_emulator(testing::Outcome::passed);
}
