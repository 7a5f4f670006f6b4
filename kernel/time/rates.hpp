// How fast the counters go that no table tells of, found by one whose rate is known.
//
// Needs:     counters, interrupts (the local APIC's timer), log.
#pragma once

#include "time/counters.hpp"

namespace pith::time {

// Steps a second.
struct Rates {
    std::uint64_t time_stamp, local_timer;
};

// Waits until the reference has gone on for a millisecond; if it stops meanwhile, that is said. Interrupts
// are off. No rate is 0.
Rates measure_rates(Counter const& reference);

}  // namespace pith::time
