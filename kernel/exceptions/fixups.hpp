// The table of instructions that were declared as allowed to fault (cpu/fixup.hpp).
//
// Needs:     frame.
// Promises:  found in a number of steps that grows with the logarithm of the table's size.
#pragma once

#include "exceptions/frame.hpp"

namespace pith::exceptions {

// If the interrupted instruction was declared: makes the program go on behind it, with the fault in RDI.
// False if it was not.
bool apply_fixup(ExceptionFrame& frame);

}  // namespace pith::exceptions
