// error: ignoring return value of function declared with 'nodiscard' attribute
#include "paging/address_space.hpp"

using namespace pith;
using Stale = paging::Stale<PageSize::kib_4, paging::DirectMapAccess>;

Stale unmap();
void test(frames::FrameAllocator& frames);
void test(frames::FrameAllocator& frames) {
#ifdef MISTAKE
    unmap();
    static_cast<void>(frames);
#else
    frames.give(unmap().flush(frames));
#endif
}
