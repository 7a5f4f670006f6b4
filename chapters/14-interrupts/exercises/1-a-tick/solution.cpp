// Exercise 14.1: a tick, as classical kernels have it.
#include "cpu/port.hpp"
#include "exercise.hpp"
#include "time/pit.hpp"

namespace exercise {

// A line that is open already raises its vector as soon as the timer begins: so the handler comes first.
void start_ticking(unsigned hertz, interrupts::Handler handler) {
    constexpr cpu::Port<std::uint8_t> counter_0{0x40}, command{0x43};
    constexpr std::uint8_t rate_generator = 0x34;  // counter 0, low byte then high byte, mode 2, binary
    require(interrupts::take(interrupts::IsaLine::timer, "tick", handler).has_value(), "no timer line");
    auto const steps = time::pit_rate / hertz;
    command.write(rate_generator);
    counter_0.write(static_cast<std::uint8_t>(steps));
    counter_0.write(static_cast<std::uint8_t>(steps >> 8));
}

}  // namespace exercise
