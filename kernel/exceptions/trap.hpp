// Checks of the compiler's that stopped: what would have been undefined behaviour.
//
// Layers that read what comes from outside are compiled so that they stop instead (-fsanitize-trap, kernel/CMakeLists.txt).
// The instruction is one that no processor knows, and its displacement is the number of the check:
//
//   67 0F B9 40 12      ud1 eax, [eax + 0x12]        an index that is too large
//   67 0F B9 00         ud1 eax, [eax]               number 0
//
// (What the optimiser has added by itself to `bounds`, for objects whose size only it knows, ends in a UD2 without a number.)
//
// Needs:     base (bytes).
// Reference: LLVM 19, SanitizerHandler in clang/lib/CodeGen/CodeGenFunction.h, and the x86 backend's UBSAN_UD1.
#pragma once

#include "base/bytes.hpp"

#include <optional>
#include <string_view>

namespace pith::exceptions {

// What the check found whose trap begins these bytes. Nothing if it is any other instruction.
std::optional<std::string_view> undefined_behaviour(Bytes instruction);

}  // namespace pith::exceptions
