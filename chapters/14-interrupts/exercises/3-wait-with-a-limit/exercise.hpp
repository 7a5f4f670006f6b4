// What exercise 14.3 asks for.
#pragma once

#include "time/clock.hpp"

namespace exercise {

// Stops the processor until `happened` says yes, or so much time has passed. Returns what it says then.
// An interrupt handler makes it happen. Interrupts may be on or off when this is called, and are so again
// afterwards.
bool wait_until(bool (*happened)(), pith::time::Clock::duration limit);

}  // namespace exercise
