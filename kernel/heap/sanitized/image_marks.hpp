// Marks for the kernel's image: which bytes of its globals and stacks may be touched, and why others may not.
//
// Needs:     memory (layout), shadow.
// Promises:  works from the first instruction of C++ on: until something is marked, all may be touched.
// Reference: the values are the compiler's: LLVM, ASanStackFrameLayout.h; for globals we choose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace pith::heap::image {

// Of 8 bytes. From 1 to 7: so many of them may be touched.
enum class Mark : std::uint8_t {
    allowed      = 0,
    stack_left   = 0xf1,  // in front of a frame's first variable
    stack_middle = 0xf2,
    stack_right  = 0xf3,
    out_of_scope = 0xf8,  // a variable whose scope has ended, or has not begun
    global       = 0xf9,  // behind a global
};

// `address` is a multiple of 8; what lies outside of the image is left out. A size that is none: the last bytes, too.
void mark(std::uintptr_t address, std::size_t size, Mark mark);

// So much from `address` on may be touched.
void allow(std::uintptr_t address, std::size_t size);

Mark mark_of(std::uintptr_t address);
std::optional<std::uintptr_t> first_forbidden(std::uintptr_t address, std::size_t size);

}  // namespace pith::heap::image
