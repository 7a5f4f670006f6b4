// error: overload resolution selected deleted operator '='
#include "frames/frame.hpp"

using namespace pith;
using Frame = frames::Frame<PageSize::kib_4>;

PhysAddr test(Frame first, Frame second);
PhysAddr test(Frame first, Frame second) {
#ifdef MISTAKE
    first = std::move(second);  // what it held before would be lost
#else
    static_cast<void>(std::move(second).disown());
#endif
    return std::move(first).disown();
}
