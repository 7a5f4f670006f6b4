// error: call to implicitly-deleted copy constructor of 'frames::FrameRun'
#include "frames/frame.hpp"

using namespace pith;

PhysRange test(frames::FrameRun run);
PhysRange test(frames::FrameRun run) {
#ifdef MISTAKE
    frames::FrameRun mine = run;
#else
    frames::FrameRun mine = std::move(run);
#endif
    return std::move(mine).disown();
}
