// Where tables get their frames from, and where unmapped ones go back to: the allocator, or something in
// front of it.
//
// Needs:     frames.
#pragma once

#include "frames/frame_allocator.hpp"

#include <concepts>

namespace pith::paging {

using frames::Frame;
using frames::FrameRun;

template <typename Model>
concept FrameSource = requires(Model& source, Frame<PageSize::kib_4>&& frame, FrameRun&& run) {
    {
        source.template take<PageSize::kib_4>()
    } -> std::same_as<std::expected<Frame<PageSize::kib_4>, frames::TakeError>>;
    { source.give(std::move(frame)) };
    { source.give(std::move(run)) };
};
static_assert(FrameSource<frames::FrameAllocator>);

}  // namespace pith::paging
