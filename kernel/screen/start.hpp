// The framebuffer that the boot loader left becomes a screen of the console.
//
// Needs:     boot (handoff), console, paging (the framebuffer is mapped), heap, cell_screen.
#pragma once

#include "boot/handoff.hpp"

namespace pith::screen {

// Attaches the screen to the console, if the loader left pixels, and says so there. Says why where that
// cannot be. After paging::start, once.
void start(boot::Handoff const& handoff);

}  // namespace pith::screen
