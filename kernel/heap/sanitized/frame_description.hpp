// The frame of a function with watched variables: where they lie in it, and what they are called.
//
//   frame       +------------------------------------+
//               | a magic number                     |
//           +8  | text: "2 32 4 5 count:7 48 10 4 …" |  2 variables. The first: 32 bytes from the frame's start, 4
//          +16  | the function                       |  bytes, a name of 5 letters and where needed a line
//          +32  | variables, zones between them      |
//               +------------------------------------+
//
// Needs:     image_marks.
// Reference: LLVM, ASanStackFrameLayout.cpp, "ComputeASanStackFrameDescription".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pith::heap::image {

struct Variable {
    std::uintptr_t address;
    std::size_t size;
    std::string_view name;
    std::uintptr_t function;
};

// The variable that `address` lies in, or nearest to. Nothing if there is no such frame.
std::optional<Variable> variable_near(std::uintptr_t address);

}  // namespace pith::heap::image
