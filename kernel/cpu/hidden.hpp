// Values that the compiler cannot see through, so that it computes nothing itself: for tests and benchmarks.
//
// Needs:     nothing.
// Promises:  the same value, out of a register of which the compiler no longer knows what is in it.
#pragma once

namespace pith::cpu {

template <typename Value>
Value hidden(Value value) {
    asm volatile("" : "+r"(value));
    return value;
}

}  // namespace pith::cpu
