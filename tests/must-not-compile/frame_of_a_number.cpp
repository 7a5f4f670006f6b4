// error: calling a private constructor of class 'pith::frames::Frame<pith::PageSize::kib_4>'
#include "frames/frame.hpp"

using namespace pith;
using Frame = frames::Frame<PageSize::kib_4>;

PhysAddr test(PhysAddr address);
PhysAddr test(PhysAddr address) {
#ifdef MISTAKE
    Frame frame{address};
#else
    Frame frame = Frame::own(address);
#endif
    return std::move(frame).disown();
}
