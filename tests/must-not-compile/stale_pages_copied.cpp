// error: call to deleted constructor of 'StalePages'
#include "paging/stale.hpp"

using namespace pith;
using StalePages = paging::StalePages<paging::DirectMapAccess, frames::FrameAllocator>;

void test(StalePages& stale);
void test(StalePages& stale) {
#ifdef MISTAKE
    StalePages other{stale};
    other.flush();
#else
    stale.flush();
#endif
}
