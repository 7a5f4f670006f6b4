// Model-specific registers that every processor in 64-bit mode has. For others there is cpu/fixup.hpp.
//
// Needs:     nothing.
// Reference: Intel SDM vol. 2 "RDMSR", "WRMSR", "SWAPGS"; vol. 4 "Architectural MSRs".
#pragma once

#include <cstdint>

namespace pith::cpu {

enum class Msr : std::uint32_t {
    apic_base            = 0x1b,
    page_attribute_table = 0x277,
    control_flow_of_user = 0x6a0,  // the same as the next, for programs
    control_flow         = 0x6a2,  // what the processor checks of the kernel's branches; only where it can
    kernel_shadow_stack  = 0x6a4,  // the token of the stack that SETSSBSY begins to use
    shadow_stack_table   = 0x6a8,  // where the eight addresses of interrupts' shadow stacks are
    tsc_deadline         = 0x6e0,
    fs_base              = 0xc000'0100,
    gs_base              = 0xc000'0101,
    kernel_gs_base =
        0xc000'0102,  // what SWAPGS exchanges it with: the kernel's only while a user program runs
};

// In Msr::control_flow: returns are compared with a shadow stack; WRSS may write to one; an indirect call or
// jump has to lead to an ENDBR64.
inline constexpr std::uint64_t control_flow_shadow_stack = 1U << 0, control_flow_shadow_writes = 1U << 1,
                               control_flow_end_branch = 1U << 2;

inline std::uint64_t read_msr(Msr number) {
    std::uint32_t low, high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number) : "memory");
    return (std::uint64_t{high} << 32) | low;
}

inline void write_msr(Msr number, std::uint64_t value) {
    asm volatile("wrmsr"
                 :
                 : "c"(number), "a"(static_cast<std::uint32_t>(value)),
                   "d"(static_cast<std::uint32_t>(value >> 32))
                 : "memory");
}

// Exchanges GS's base with the other one.
inline void swap_gs() { asm volatile("swapgs" : : : "memory"); }

}  // namespace pith::cpu
