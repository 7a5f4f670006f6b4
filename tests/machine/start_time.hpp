// Interrupts and clock in tests: what all that waits begins with.
#pragma once

namespace pith::tests {

// The kernel's own map, what firmware says, interrupts and the clock, in this order.
void start_time();

}  // namespace pith::tests
