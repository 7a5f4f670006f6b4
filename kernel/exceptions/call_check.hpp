// Calls through pointers that were stopped: the pointer does not lead to a function of its type.
//
// clang writes a number for its type before each function, and compares it before each call through a pointer
// (-fsanitize=kcfi).
//
//   __cfi_f:  mov eax, TYPE              the caller:  mov r10d, -TYPE
//   f:        ...                                     add r10d, [target - 4]
//                                                     je 1f
//                                                     ud2      <- listed in the section .kcfi_traps
//                                                  1: call target
//
// Needs:     boot (kernel.ld), operand.
// Promises:  nothing but the kernel's own code is read.
// Reference: Clang 19 documentation, "Control Flow Integrity", "-fsanitize=kcfi".
#pragma once

#include "exceptions/operand.hpp"

namespace pith::exceptions {

// If a check stopped at `rip`: where the pointer leads. Nothing if it is any other undefined instruction.
std::optional<std::uint64_t> target_of_stopped_call(std::uint64_t rip, GeneralRegisters const& registers);

}  // namespace pith::exceptions
