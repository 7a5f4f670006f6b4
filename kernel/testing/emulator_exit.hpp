// Ending the emulator from inside, so that a test can say how it went.
//
// Needs:     boot (SERIAL_PORT), cpu (ports, halt).
// Promises:  never returns. Where there is no such device (a real machine), the processor halts for good.
// Reference: QEMU's source, hw/misc/debugexit.c: its exit status becomes (value << 1) | 1;
//            Bochs' source, iodev/unmapped.cc: it ends when the text "Shutdown" is written to port 0x8900.
#pragma once

#include "boot/entry.inc"
#include "cpu/halt.hpp"
#include "cpu/port.hpp"

#include <string_view>

namespace pith::testing {

// #region outcome
// Never 0: QEMU itself ends with 1 on a bad option, and 0 << 1 | 1 is 1.
enum class Outcome : std::uint8_t { passed = 0x10, failed = 0x11, panicked = 0x12 };
// #endregion outcome

namespace detail {

// Bochs ends at once, and what the serial port has not sent by then is lost. So this waits for it, within
// limits.
inline void exit_bochs() {
    constexpr std::uint8_t transmitter_idle = 0x40;
    constexpr std::uint32_t max_polls       = 1'000'000;
    constexpr cpu::Port<std::uint8_t> line_status{SERIAL_PORT + 5}, shutdown{0x8900};
    for (std::uint32_t poll = 0; poll < max_polls; ++poll) {
        if ((line_status.read() & transmitter_idle) != 0) break;
    }
    for (char const letter : std::string_view{"Shutdown"}) shutdown.write(static_cast<std::uint8_t>(letter));
}

}  // namespace detail

// #region exit
[[noreturn]] inline void exit_emulator(Outcome outcome) {
    constexpr cpu::Port<std::uint32_t> debug_exit{0xf4};
    debug_exit.write(static_cast<std::uint32_t>(outcome));
    detail::exit_bochs();  // QEMU has ended by now
    cpu::halt_forever();
}
// #endregion exit

}  // namespace pith::testing
