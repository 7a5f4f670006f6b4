// The stack protector: a secret number between a function's arrays and its return address.
//
// The compiler writes it there on entry and compares it before the return. Who writes past an array's end
// overwrites it, and the kernel stops instead of returning to an address of his choice.
//
// Needs:     cpu (random numbers).
// Promises:  after `choose_stack_guard` the number is new, and its lowest byte 0: there a copied text ends.
// Reference: clang, "-fstack-protector-strong", "-mstack-protector-guard=global".
#pragma once

namespace pith::runtime {

// Call it once, from a function that never returns: the number changes under its caller.
void choose_stack_guard();

}  // namespace pith::runtime
