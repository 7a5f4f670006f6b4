// Ending the emulator from inside, so that a test can say how it went.
//
// Needs:     cpu (ports, halt).
// Promises:  never returns. Where there is no such device (a real machine), the processor halts for good.
// Reference: QEMU's source, hw/misc/debugexit.c: its exit status becomes (value << 1) | 1.
#pragma once

#include "cpu/halt.hpp"
#include "cpu/port.hpp"

namespace pith::testing {

// Never 0: QEMU itself ends with 1 on a bad option, and 0 << 1 | 1 is 1.
enum class Outcome : std::uint8_t { passed = 0x10, failed = 0x11, panicked = 0x12 };

[[noreturn]] inline void exit_emulator(Outcome outcome) {
    constexpr cpu::Port<std::uint32_t> debug_exit{0xf4};
    debug_exit.write(static_cast<std::uint32_t>(outcome));
    cpu::halt_forever();
}

}  // namespace pith::testing
