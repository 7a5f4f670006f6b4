// Finding out what the machine can show text on.
//
// Needs:     boot (handoff), cpu (ports), console.
#pragma once

#include "boot/handoff.hpp"
#include "boot/start.hpp"
#include "console/console.hpp"

namespace pith::console {

// Attaches the first serial port and the VGA text screen, each if it answers, and makes panic what failing
// means. The first thing that a kernel does.
void start();

// Attaches what `start` finds to `console`, unless that was done: for a panic before it.
void attach_devices(Console& console);

// The text screen's memory, if the console writes there: whoever changes the map keeps it reachable.
std::optional<PhysRange> text_screen_memory();

// Whether the console writes to the first serial port: then somebody may also type there.
bool writes_to_serial();
// How many bytes it did not take, by the time it takes some again.
std::uint64_t serial_output_lost();
// How often the console saw that a byte which came in there was lost.
std::uint64_t serial_input_overruns();

// The boot loader may have switched the screen to graphics: then the text screen shows nothing, and is
// detached.
void adopt(boot::Handoff const& handoff);

// What the boot loader left, read and adopted. Panics if something is wrong with it: no kernel can go on
// then.
boot::Handoff adopt_handoff(boot::Start start);

}  // namespace pith::console
