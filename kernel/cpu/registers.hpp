// All general and control registers, CS and SS at one moment, for reports.
//
// Needs:     nothing.
// Reference: Intel SDM vol. 1 "General-Purpose Registers"; vol. 3A "Control Registers".
#pragma once

#include <cstddef>
#include <cstdint>

namespace pith::cpu {

struct Registers {
    std::uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    std::uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    std::uint64_t rip, rflags;
    std::uint64_t cr0, cr2, cr3, cr4;
    std::uint64_t cs, ss;
};

// The registers as the caller has them: RIP and RSP as they will be after the call returns. RDI is the
// exception: it carries the argument. In registers.S, because the compiler would use registers to save
// registers.
extern "C" void capture_registers(Registers& into);

// registers.S stores at these offsets.
static_assert(offsetof(Registers, r8) == 64 && offsetof(Registers, rip) == 128 &&
              offsetof(Registers, cr0) == 144 && offsetof(Registers, cs) == 176);
static_assert(sizeof(Registers) == 192);

}  // namespace pith::cpu
