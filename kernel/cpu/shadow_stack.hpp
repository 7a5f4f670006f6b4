// Shadow stacks: the second copy of each return address.
//
// A call pushes where to return to both stacks, and a return compares. Whoever overwrites the first copy is found out;
// and no store can overwrite the second one. An exception pushes three words:
//
//   SSP ->  | SSP of the interrupted program | RIP | CS |
//
// Needs:     msr.
// Reference: Intel SDM vol. 1 "Control-flow Enforcement Technology (CET)"; vol. 2 "RDSSPQ", "WRSSQ", "SETSSBSY".
#pragma once

#include "cpu/msr.hpp"

namespace pith::cpu {

// SSP: where the next return's copy is. 0 while there is no shadow stack. (RDSSPQ does nothing then, and is a NOP
// on processors that know none.)
inline std::uint64_t read_shadow_stack_pointer() {
    std::uint64_t pointer = 0;
    asm volatile("rdsspq %0" : "+r"(pointer) : : "memory");
    return pointer;
}

// The one store that may write to a shadow stack, while control_flow_shadow_writes is on.
inline void write_shadow_stack(std::uint64_t address, std::uint64_t value) {
    asm volatile("wrssq [%0], %1" : : "r"(address), "r"(value) : "memory");
}

// Switches on what is checked of the kernel's branches, with the shadow stack whose token Msr::kernel_shadow_stack
// names. That has nothing on it: no function that is under way may return.
[[gnu::always_inline]] inline void enter_shadow_stack(std::uint64_t control_flow) {
    asm volatile("wrmsr\n"
                 "setssbsy"
                 :
                 : "c"(Msr::control_flow), "a"(static_cast<std::uint32_t>(control_flow)),
                   "d"(static_cast<std::uint32_t>(control_flow >> 32))
                 : "memory");
}

}  // namespace pith::cpu
