// Addresses where nothing is mapped, one area for each level at which a page fault can strike, so that one
// that interrupts another is not taken for it. The handler of page faults knows who expects which.
#pragma once

#include "chance.hpp"
#include "memory/address.hpp"

namespace pith::endurance {

enum class Level : std::uint8_t { task, interrupt, nmi };

// Takes the handler of page faults; once.
void install_page_faults();

// Touches some address of nobody's, and finds that it faults: at that address, with the error code of a read or
// a write. At each level there is one at a time.
void touch_strange_memory(Level level, Chance& chance);

// Reads at `address`, where nothing is mapped; and writes where only reading is allowed: both must fault.
void expect_fault_at(Level level, VirtAddr address);
void expect_refused_write(Level level, VirtAddr address);

std::uint64_t page_faults();

}  // namespace pith::endurance
