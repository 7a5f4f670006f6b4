// The PC's interval timer (8253, 8254), of which we use counter 0: it counts down 1'193'182 times a second,
// and raises line 0 when it comes to 0. (Counter 1 refreshed memory once; counter 2 is the loudspeaker's, and
// not on every machine.)
//
// Needs:     cpu (ports).
// Reference: Intel, "8254 Programmable Interval Timer", "Mode 0: Interrupt on Terminal Count", "Counter Latch
//            Command".
#pragma once

#include "cpu/port.hpp"

namespace pith::time {

inline constexpr std::uint64_t pit_rate = 1'193'182;

// #region pit
template <cpu::ByteRegisters Registers>
class Pit {
public:
    constexpr explicit Pit(Registers registers) : registers_{registers} {}

    // Line 0 is raised once, so many steps from now. The counter goes on below 0, from 0xffff.
    void start(std::uint16_t steps) {
        registers_.write(command, mode_0);
        registers_.write(counter_0, static_cast<std::uint8_t>(steps));
        registers_.write(counter_0, static_cast<std::uint8_t>(steps >> 8));
    }
    // Line 0 is not raised any more: the counter waits for a number that does not come.
    void stop() { registers_.write(command, mode_0); }
    // Where the counter is.
    std::uint16_t count() {
        constexpr std::uint8_t latch = 0x00;
        registers_.write(command, latch);
        auto const low = registers_.read(counter_0);
        return static_cast<std::uint16_t>(low | registers_.read(counter_0) << 8);
    }

private:
    enum : std::uint16_t { counter_0 = 0, command = 3 };
    static constexpr std::uint8_t mode_0 = 0x30;  // counter 0, low byte then high byte, mode 0, binary

    Registers registers_;
};
// #endregion pit

using PcPit = Pit<cpu::PortRange>;
inline constexpr PcPit pc_pit{cpu::PortRange{0x40}};

}  // namespace pith::time
