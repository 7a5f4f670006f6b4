// The kernel's globals, as the address sanitizer describes them: each with a zone behind it that nobody may touch.
//
// Needs:     image_marks, the linker script (where the descriptions lie).
// Reference: LLVM, AddressSanitizer.cpp, "GlobalStructTy".
#pragma once

#include <cstddef>
#include <cstdint>

namespace pith::heap::image {

// One of the compiler's descriptions.
struct Global {
    std::uintptr_t address;
    std::size_t size, size_with_zone;
    char const* name;  // as C++ has it
    char const* file;
    std::uintptr_t unused[3];
};

// Forbids what lies behind each.
void mark_globals();

// The one that `address` lies in, or behind; nullptr if there is none.
Global const* global_with(std::uintptr_t address);

}  // namespace pith::heap::image
