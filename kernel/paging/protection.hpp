// Switching on what the processor has for protecting memory, and where calls and jumps lead.
//
// Needs:     cpu (features, control registers), console.
// Reference: Intel SDM vol. 3A "Control Registers"; "Determination of Access Rights";
//            vol. 1 "Control-flow Enforcement Technology (CET)".
#pragma once

#include "cpu/features.hpp"

namespace pith::paging {

// What keeps the kernel out of a user's pages, and users from asking where its tables are: SMEP, SMAP, UMIP. Good
// on any map that has no user's pages; the sooner the better, for emulators translate all code anew then.
void shut_out_users();

// All that it has, and says which. (NX and write protection have been on since boot/entry.S.) Only on the
// kernel's own map: CR3 must name process context 0, which boot's does, too.
cpu::MemoryFeatures enable_protection();

}  // namespace pith::paging
