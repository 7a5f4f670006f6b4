// error: ignoring return value of function declared with 'nodiscard' attribute
#include "frames/frame_allocator.hpp"

using namespace pith;

bool test(frames::FrameAllocator& allocator);
bool test(frames::FrameAllocator& allocator) {
#ifdef MISTAKE
    allocator.take_run(8);
    return true;
#else
    auto run = allocator.take_run(8);
    if (!run) return false;
    allocator.give(std::move(*run));
    return true;
#endif
}
