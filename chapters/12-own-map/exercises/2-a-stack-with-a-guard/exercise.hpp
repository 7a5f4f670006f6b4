// Exercise 12.2: a stack that is made while the kernel runs, with a hole below it.
#pragma once

#include "paging/kernel_map.hpp"

#include <optional>

namespace exercise {

using pith::VirtAddr;

struct Stack {
    VirtAddr bottom, top;  // its lowest byte, and the one behind its highest
};

// A stack of `pages` pages, each a frame of its own, above a guard page at `where`: a hole. It can be
// written, not executed. Nothing, and all is as it was, if there are not enough frames.
std::optional<Stack> make_stack(VirtAddr where, std::uint64_t pages);

// Takes it out of the map, and gives all frames back.
void give_back(Stack stack);

}  // namespace exercise
