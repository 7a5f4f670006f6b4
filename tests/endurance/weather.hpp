// Weather: timers, NMIs, interrupts of our own and exceptions that strike at any moment, whatever runs.
//
// Needs:     the local APIC, and the clock.
#pragma once

#include "chance.hpp"

namespace pith::endurance {

// Takes the vectors and the handlers; once.
void install_weather();

void begin_weather(ChanceOf what);
// Nothing strikes any more, and what was sent has been taken, or it is a finding.
void end_weather();

// Soon something will strike: in the midst of what the caller does next.
void strike_soon(Chance& chance);

struct WeatherCounts {
    std::uint64_t gusts, vectors_raised, vectors_taken, breakpoints;
};
WeatherCounts weather_counts();

// Our own vectors, as far as they are to be raised: bit n is the nth. They come one after the other, the
// highest first, as soon as interrupts are on; or it is a finding. Interrupts are off when it is called by a
// handler, on otherwise.
void raise_vectors(std::uint64_t which);
inline constexpr std::uint64_t own_vectors = 8;

}  // namespace pith::endurance
