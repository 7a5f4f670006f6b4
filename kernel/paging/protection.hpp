// Switching on what the processor has for protecting memory, and where calls and jumps lead.
//
// Needs:     cpu (features, control registers), console.
// Reference: Intel SDM vol. 3A "Control Registers"; "Determination of Access Rights";
//            vol. 1 "Control-flow Enforcement Technology (CET)".
#pragma once

#include "cpu/features.hpp"

namespace pith::paging {

// All that it has, and says which. (NX and write protection have been on since boot/entry.S.) Only on the
// kernel's own map: CR3 must name process context 0, which boot's does, too.
cpu::MemoryFeatures enable_protection();

}  // namespace pith::paging
