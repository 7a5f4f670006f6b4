// What the address sanitizer asks about accesses to the kernel's image, where stacks and globals lie.
//
// Only kernels that are compiled so as a whole have an answer (heap/sanitized). In others both functions are null.
//
// Needs:     nothing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pith::heap {

struct ImageAccess {
    enum class Form : std::uint8_t { read, write };

    std::uintptr_t address;
    std::size_t size;
    Form form;
    std::uintptr_t by;  // the return address of whoever asks: it stands in the code that will do it
};

// Fails if it must not be done.
[[gnu::weak]] void check_image_access(ImageAccess const& access);

// The frames of the stack that `address` lies on are left, from there to the stack's top.
[[gnu::weak]] void forget_stack_from(std::uintptr_t address);

}  // namespace pith::heap
