// Exercise 12.2: this maps one page only, has no guard, and does not give anything back.
#include "exercise.hpp"

namespace exercise {

using pith::Page;
using pith::page_bytes;
using pith::PageSize;
using pith::paging::KernelFrames;
using pith::paging::KernelSpace;

std::optional<Stack> make_stack(VirtAddr where, std::uint64_t pages) {
    static_cast<void>(pages);
    return pith::paging::with_kernel_space(
        [&](KernelSpace& space, KernelFrames& frames) -> std::optional<Stack> {
            auto frame = frames.take<PageSize::kib_4>();
            if (!frame) return std::nullopt;
            Page<PageSize::kib_4> const page{where};
            auto const mapped =
                space.map(page, std::move(*frame), {.access = pith::paging::Access::read_write}, frames);
            if (!mapped) {
                frames.give(std::move(*frame));
                return std::nullopt;
            }
            return Stack{.bottom = where, .top = where + page_bytes};
        });
}

void give_back(Stack stack) { static_cast<void>(stack); }

}  // namespace exercise
