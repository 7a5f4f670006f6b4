// error: ignoring return value of function declared with 'nodiscard' attribute
#include "frames/frame_allocator.hpp"

using namespace pith;

bool test(frames::FrameAllocator& allocator);
bool test(frames::FrameAllocator& allocator) {
#ifdef MISTAKE
    allocator.take<PageSize::kib_4>();
    return true;
#else
    auto frame = allocator.take<PageSize::kib_4>();
    if (!frame) return false;
    allocator.give(std::move(*frame));
    return true;
#endif
}
