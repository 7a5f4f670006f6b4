// A minute: all loads at once; then nothing, and all must be as it was before.
#pragma once

#include "load.hpp"

namespace pith::endurance {

struct Minute {
    std::uint64_t seed, number;
    Clock::time_point start;
};

// Ends a minute after its start. What is wrong is a finding.
Task<> pass(Minute minute);

}  // namespace pith::endurance
