// Stopping this processor, for good or for a moment.
//
// Needs:     interrupts.
// Promises:  `halt_forever` never returns; only a non-maskable interrupt still runs.
// Reference: Intel SDM vol. 2 "HLT", "PAUSE", "STI".
#pragma once

#include "cpu/interrupts.hpp"

namespace pith::cpu {

[[noreturn]] inline void halt_forever() {
    disable_interrupts();
    while (true) asm volatile("hlt");
}

// Waits for one interrupt, whose handler has run when this returns. Called with interrupts off, and they are
// off again afterwards. None is lost on the way: STI lets them in only behind the instruction that follows
// it.
inline void wait_for_interrupt() { asm volatile("sti\n hlt\n cli" : : : "memory"); }

// The same with interrupts on: one that came just before is not waited for. Chapter 15 shows what comes of
// that.
inline void halt_until_interrupt() { asm volatile("hlt" : : : "memory"); }

// Tells the processor that this is a loop that waits for another one.
inline void pause() { asm volatile("pause"); }

}  // namespace pith::cpu
