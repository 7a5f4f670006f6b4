// A range of pages that is mapped and unmapped again and again: for benchmark kernels.
//
// Needs:     frames, paging.
// Promises:  the memory that is mapped is never touched; after each round it is in hand again.
#pragma once

#include "frames/start.hpp"
#include "paging/kernel_map.hpp"

#include <utility>

namespace pith::bench {

// Known to the compiler, as in all of the kernel: who maps a page says in place what may be done with it.
inline constexpr paging::Rights data{.access = paging::Access::read_write};

// Keeps the range's memory; its tables are the kernel's frames.
struct RangeInHand {
    PhysRange memory;
    paging::KernelFrames frames{};

    template <PageSize Size>
    auto take() {
        return frames.take<Size>();
    }
    template <PageSize Size>
    void give(frames::Frame<Size>&& frame) {
        frames.give(std::move(frame));
    }
    void give(frames::FrameRun&& run) {
        require(memory.is_empty() || run.start() == memory.end(), "the range comes back in order");
        memory = {memory.is_empty() ? run.start() : memory.start(), run.range().end()};
        static_cast<void>(std::move(run).disown());
    }
    frames::FrameRun take_all() {
        return frames::FrameRun::own(memory.start(), std::exchange(memory, PhysRange{}).size() / page_bytes);
    }
};

// Maps the whole range from `start` on, unmaps it, and flushes.
void map_and_unmap(auto& space, VirtAddr start, auto& range) {
    auto const bytes = range.memory.size();
    require(space.map(start, range.take_all(), data, range).has_value(), "the benchmark's range is mapped");
    auto stale = space.stale_pages(range);
    require(space.unmap(PageRange::of_bytes(start, bytes), range, stale).has_value(),
            "the benchmark's range is unmapped");
    stale.flush();
}

}  // namespace pith::bench
