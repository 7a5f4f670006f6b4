// What exercise 14.1 asks for.
#pragma once

#include "interrupts/start.hpp"

namespace exercise {

using namespace pith;

// From now on the interval timer raises its line `hertz` times a second, and `handler` is called each time.
// `hertz` is at least 19 and at most 10'000.
void start_ticking(unsigned hertz, interrupts::Handler handler);

}  // namespace exercise
