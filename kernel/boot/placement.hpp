// Where everything is in this boot (KASLR).
//
// A file of its own: who asks in a kernel that is never moved must not link what moves it (boot/move.cpp).
//
// Needs:     places, sealed.
// Promises:  in a kernel that is never moved: where it is linked.
#pragma once

#include "boot/places.hpp"

namespace pith::boot {

Places places();

// For who moves the kernel, before kernel_main.
void note_places(Places places);

}  // namespace pith::boot
