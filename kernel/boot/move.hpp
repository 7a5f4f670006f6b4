// Moving the kernel to the places that this boot chooses (KASLR). Only kernels that are linked to be moved do.
//
// Needs:     places, the handoff's readers (for the command line), cpu (random numbers).
// Reference: boot/move.S, which calls and moves; tools/pith/relocations.py, which lists what has to be changed.
#pragma once

#include "boot/places.hpp"

namespace pith::boot {

// Where everything is in this boot. In a kernel that is never moved: where it is linked.
Places places();

}  // namespace pith::boot
