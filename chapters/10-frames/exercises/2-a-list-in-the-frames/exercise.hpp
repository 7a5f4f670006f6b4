// Exercise 10.2: an allocator that keeps its list in the frames that it has.
#pragma once

#include "frames/frame.hpp"

#include <optional>

namespace exercise {

using Frame = pith::frames::Frame<pith::PageSize::kib_4>;

// From here on the frame is the list's.
void give(Frame frame);
// One that is the list's, and is the caller's from here on; nothing if the list has none.
std::optional<Frame> take();

}  // namespace exercise
