// Chance that a seed decides: the same on every run.
//
// Each minute of each load has its own, so what one load does depends neither on the others nor on when
// it is interrupted.
#pragma once

#include <cstdint>
#include <random>
#include <span>

namespace pith::endurance {

struct ChanceOf {
    std::uint64_t seed, minute, load;
};

class Chance {
public:
    explicit Chance(ChanceOf what) : engine_{(what.seed * 1'000'003 + what.minute) * 1'000'003 + what.load} {}

    std::uint64_t number() { return engine_(); }
    std::uint64_t below(std::uint64_t end) { return engine_() % end; }
    // Both ends included.
    std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + below(most - least + 1); }
    bool once_in(std::uint64_t times) { return below(times) == 0; }
    auto& one_of(auto& values) {
        std::span const all{values};
        return all[below(all.size())];
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace pith::endurance
