// Exercise 14.3: wait, but not for ever.
#include "cpu/halt.hpp"
#include "exercise.hpp"

namespace exercise {

using namespace pith;

// Both looks, at what is waited for and at the timer, are made with interrupts off: what comes later finds
// the processor at HLT.
bool wait_until(bool (*happened)(), time::Clock::duration limit) {
    time::Timer patience{[](time::Timer&) {}};
    cpu::InterruptGuard const guard;
    time::set_after(patience, limit);
    while (!happened() && patience.is_waiting()) cpu::wait_for_interrupt();
    time::cancel(patience);
    return happened();
}

}  // namespace exercise
