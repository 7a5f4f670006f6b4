// A device's register that lies in memory: every access is done, once, in the order of the program.
//
// Needs:     memory (addresses), port (which widths there are).
// Promises:  accesses are neither merged, moved among each other, nor left out by the compiler.
// Reference: Intel SDM vol. 2 "MFENCE".
#pragma once

#include "cpu/port.hpp"
#include "memory/address.hpp"

#include <bit>

namespace pith::cpu {

// Whoever makes one answers for its address: a device is mapped there, uncached.
template <PortValue Value>
class MappedRegister {
public:
    constexpr explicit MappedRegister(VirtAddr address) : address_{address} {}

    Value read() const { return *pointer(); }
    void write(Value value) const { *pointer() = value; }

private:
    Value volatile* pointer() const {
        // SAFETY: because a device's register of this width is mapped there, and no object of ours.
        return std::bit_cast<Value volatile*>(address_.value());
    }

    VirtAddr address_;
};

// What was written before has arrived before anything is written, or any model-specific register, behind
// this.
inline void memory_fence() { asm volatile("mfence" : : : "memory"); }

}  // namespace pith::cpu
