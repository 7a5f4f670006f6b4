// What the processor and the entry stubs leave on the stack when an exception arrives.
//
//   +168  ss          these five by the processor, which first aligned RSP to 16
//   +160  rsp
//   +152  rflags
//   +144  cs
//   +136  rip
//   +128  error code  by the processor, or 0 by the stub
//   +120  vector      by the stub
//   +112  rax ... +0 r15
//
// Needs:     cpu (registers).
// Reference: Intel SDM vol. 3A "64-Bit Mode Stack Frame".
#pragma once

#include "cpu/registers.hpp"
#include "exceptions/vector.hpp"

#include <cstddef>
#include <cstdint>

namespace pith::exceptions {

// #region frame
// The interrupted program. What a handler changes here is what the program goes on with.
struct ExceptionFrame {
    std::uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    std::uint64_t vector_number;
    std::uint64_t error_code;
    std::uint64_t rip, cs, rflags, rsp, ss;

    Vector vector() const { return static_cast<Vector>(vector_number); }
    bool is_from_user() const { return (cs & 3) != 0; }
};

static_assert(sizeof(ExceptionFrame) == 176, "a multiple of 16: the stack stays aligned");
static_assert(offsetof(ExceptionFrame, rax) == 112 && offsetof(ExceptionFrame, vector_number) == 120);
static_assert(offsetof(ExceptionFrame, error_code) == 128 && offsetof(ExceptionFrame, rip) == 136);
static_assert(offsetof(ExceptionFrame, cs) == 144 && offsetof(ExceptionFrame, rsp) == 160);
// #endregion frame

// RBP, if the backtrace may follow it. A user program has anything there, a kernel stack's address too: 0
// then.
std::uint64_t kernel_frame_pointer(ExceptionFrame const& frame);

// The interrupted program's registers, with the control registers of now.
cpu::Registers registers_of(ExceptionFrame const& frame);

}  // namespace pith::exceptions
