// One allocator in one thread: `./pith bench heap` runs this program for each, in turns.
//
//   pair      64 bytes are taken, and given back at once
//   batch     1000 times 64 bytes are taken, then given back; the time is that of one
//   mix       of 4096 blocks of 8 bytes to 4 KiB a random one is given back, and one is taken
//   overhead  the same with 65 536 blocks, all of them touched: resident bytes for each that is in use
#include "allocator.hpp"

#include <benchmark/benchmark.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace pith::bench {
namespace {

constexpr std::size_t small = 64;

void pair(benchmark::State& state) {
    for (auto _ : state) {
        auto* block = allocate(small);
        benchmark::DoNotOptimize(block);
        release(block, small);
    }
}
BENCHMARK(pair);

void batch(benchmark::State& state) {
    static std::array<void*, 1000> blocks;
    while (state.KeepRunningBatch(blocks.size())) {
        for (auto*& block : blocks) block = allocate(small);
        benchmark::ClobberMemory();
        for (auto* const block : blocks) release(block, small);
    }
}
BENCHMARK(batch);

// Blocks of 8 bytes to 4 KiB, every magnitude as often as the others.
template <std::size_t Count>
class Mix {
public:
    void step() {
        auto const chosen = random();
        auto& slot        = slots_[chosen % Count];
        if (slot.block != nullptr) release(slot.block, slot.size);
        auto const range = std::size_t{1} << (3 + (chosen >> 32) % 10);
        slot.size        = std::min<std::size_t>(8 + random() % range, 4096);
        slot.block       = allocate(slot.size);
        benchmark::DoNotOptimize(slot.block);
    }
    void touch_all() {
        for (auto const& slot : slots_)
            if (slot.block != nullptr) std::memset(slot.block, 1, slot.size);
    }
    std::size_t bytes() const {
        std::size_t all = 0;
        for (auto const& slot : slots_) all += slot.size;
        return all;
    }
    void release_all() {
        for (auto& slot : slots_) {
            if (slot.block != nullptr) release(slot.block, slot.size);
            slot = {};
        }
    }
    void touch_slots() { std::memset(&slots_, 0, sizeof slots_); }

private:
    struct Slot {
        void* block;
        std::size_t size;
    };

    std::uint64_t random() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_;
    }

    std::uint64_t state_ = 88'172'645'463'325'252;
    std::array<Slot, Count> slots_{};
};

void mix(benchmark::State& state) {
    static Mix<4096> mix;
    for (int step = 0; step < 100'000; ++step) mix.step();
    for (auto _ : state) mix.step();
    mix.release_all();
}
BENCHMARK(mix);

std::size_t resident_bytes() {
    std::ifstream statm{"/proc/self/statm"};
    std::size_t all = 0, resident = 0;
    statm >> all >> resident;
    return resident * static_cast<std::size_t>(getpagesize());
}

void overhead(benchmark::State& state) {
    static Mix<65'536> mix;
    mix.touch_slots();
    auto const before = resident_bytes();
    for (int step = 0; step < 2'000'000; ++step) mix.step();
    mix.touch_all();
    for (auto _ : state) benchmark::DoNotOptimize(resident_bytes());
    state.counters["overhead"] =
        static_cast<double>(resident_bytes() - before) / static_cast<double>(mix.bytes());
    mix.release_all();
}
BENCHMARK(overhead)->Iterations(1);

}  // namespace
}  // namespace pith::bench

int main(int count, char** arguments) {
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);  // resident bytes are to be those that somebody touched
    benchmark::Initialize(&count, arguments);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
