// This machine's keyboards: the PS/2 keyboard, and whoever sits at the other end of the serial line.
//
//   interrupt handler: device -> ring, and a signal        task: ring -> decoder -> Key
//
// Needs:     interrupts, tasks, ps2_controller, serial_input, keyboard, terminal_keys; log.
// Promises:  a handler reads and goes; it neither waits nor allocates. What has no room stays in the
//            device: so nothing is lost by us, and what devices lose is counted, and said.
#pragma once

#include "input/key.hpp"
#include "input/layout.hpp"
#include "tasks/stream.hpp"

namespace pith::input {

// Finds the devices and takes their lines, and says in one line what there is. Call it when interrupts have
// been started.
void start();

// What is typed, on all devices together. One reader at a time.
tasks::Stream<Key> keys();

// Of the PS/2 keyboard. What comes from a serial line has been through its terminal's layout already.
Layout const& layout();
void use_layout(Layout const& layout);

}  // namespace pith::input
