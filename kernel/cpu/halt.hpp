// Stopping this processor, for good or for a moment.
//
// Needs:     interrupts.
// Promises:  `halt_forever` never returns; only a non-maskable interrupt still runs.
// Reference: Intel SDM vol. 2 "HLT", "PAUSE".
#pragma once

#include "cpu/interrupts.hpp"

namespace pith::cpu {

[[noreturn]] inline void halt_forever() {
    disable_interrupts();
    while (true) asm volatile("hlt");
}

// Tells the processor that this is a loop that waits for another one.
inline void pause() { asm volatile("pause"); }

}  // namespace pith::cpu
