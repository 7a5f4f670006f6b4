// error: no matching member function for call to 'give'
#include "frames/frame_allocator.hpp"

using namespace pith;
using Frame = frames::Frame<PageSize::kib_4>;

void test(frames::FrameAllocator& allocator, Frame frame);
void test(frames::FrameAllocator& allocator, Frame frame) {
#ifdef MISTAKE
    allocator.give(frame);
#else
    allocator.give(std::move(frame));
#endif
}
