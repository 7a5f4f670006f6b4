// Exercise 14.3: wait, but not for ever. This one works nearly always.
#include "cpu/halt.hpp"
#include "exercise.hpp"

namespace exercise {

using namespace pith;

bool wait_until(bool (*happened)(), time::Clock::duration limit) {
    time::Timer patience{[](time::Timer&) {}};
    time::set_after(patience, limit);
    while (!happened() && patience.is_waiting()) cpu::halt_until_interrupt();
    time::cancel(patience);
    return happened();
}

}  // namespace exercise
