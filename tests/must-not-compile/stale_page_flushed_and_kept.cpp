// error: not viable: expects an rvalue for object argument
#include "paging/stale.hpp"

using namespace pith;
using Stale = paging::Stale<PageSize::kib_4, paging::DirectMapAccess>;

paging::Frame<PageSize::kib_4> test(Stale stale, frames::FrameAllocator& frames);
paging::Frame<PageSize::kib_4> test(Stale stale, frames::FrameAllocator& frames) {
#ifdef MISTAKE
    return stale.flush(frames);
#else
    return std::move(stale).flush(frames);
#endif
}
