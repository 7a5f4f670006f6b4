// error: call to implicitly-deleted copy constructor of 'Frame'
#include "frames/frame.hpp"

using namespace pith;
using Frame = frames::Frame<PageSize::kib_4>;

PhysAddr test(Frame frame);
PhysAddr test(Frame frame) {
#ifdef MISTAKE
    Frame mine = frame;
#else
    Frame mine = std::move(frame);
#endif
    return std::move(mine).disown();
}
