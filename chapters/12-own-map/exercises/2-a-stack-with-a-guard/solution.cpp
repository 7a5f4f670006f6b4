// Page by page, since the frames need not lie in a row. When one fails, those before it are taken out again;
// the stale translations that come of it give their frames back when they are flushed.
#include "exercise.hpp"

namespace exercise {

using pith::Page;
using pith::page_bytes;
using pith::PageRange;
using pith::PageSize;
using pith::paging::KernelFrames;
using pith::paging::KernelSpace;

namespace {

bool map_one(KernelSpace& space, KernelFrames& frames, VirtAddr start) {
    auto frame = frames.take<PageSize::kib_4>();
    if (!frame) return false;
    Page<PageSize::kib_4> const page{start};
    auto const mapped =
        space.map(page, std::move(*frame), {.access = pith::paging::Access::read_write}, frames);
    if (!mapped) frames.give(std::move(*frame));  // it is ours still
    return mapped.has_value();
}

void unmap_all(KernelSpace& space, KernelFrames& frames, VirtAddr start, std::uint64_t bytes) {
    if (bytes == 0) return;
    auto stale      = space.stale_pages(frames);
    auto const gone = space.unmap(PageRange::of_bytes(start, bytes), frames, stale);
    stale.flush();
    pith::require(gone.has_value(), "pages of 4 KiB need not be split");
}

}  // namespace

std::optional<Stack> make_stack(VirtAddr where, std::uint64_t pages) {
    auto const bottom = where + page_bytes;
    return pith::paging::with_kernel_space(
        [&](KernelSpace& space, KernelFrames& frames) -> std::optional<Stack> {
            for (std::uint64_t done = 0; done < pages * page_bytes; done += page_bytes) {
                if (map_one(space, frames, bottom + done)) continue;
                unmap_all(space, frames, bottom, done);
                return std::nullopt;
            }
            return Stack{.bottom = bottom, .top = bottom + pages * page_bytes};
        });
}

void give_back(Stack stack) {
    pith::paging::with_kernel_space([&](KernelSpace& space, KernelFrames& frames) {
        unmap_all(space, frames, stack.bottom, stack.top - stack.bottom);
    });
}

}  // namespace exercise
