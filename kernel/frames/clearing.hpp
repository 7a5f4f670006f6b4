// Frames that are cleared before they go back, for whoever kept something there that the next owner should not
// find.
//
// Needs:     the direct map, frames.
// Promises:  when the frame goes back, all its bytes are 0. Who does not ask pays nothing.
#pragma once

#include "frames/start.hpp"
#include "memory/direct_map.hpp"

#include <algorithm>

namespace pith::frames {

template <PageSize Size>
void clear_and_give(Frame<Size>&& frame) {
    std::ranges::fill(physical_span<std::uint64_t>(frame.start(), bytes_in(Size) / 8), 0);
    give(std::move(frame));
}

inline void clear_and_give(FrameRun&& run) {
    std::ranges::fill(physical_span<std::uint64_t>(run.start(), run.range().size() / 8), 0);
    give(std::move(run));
}

}  // namespace pith::frames
