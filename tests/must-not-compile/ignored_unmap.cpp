// error: ignoring return value of function declared with 'nodiscard' attribute
#include "paging/address_space.hpp"

using namespace pith;

void test(paging::AddressSpace<paging::DirectMapAccess>& space, Page<PageSize::kib_4> page,
          frames::FrameAllocator& frames);
void test(paging::AddressSpace<paging::DirectMapAccess>& space, Page<PageSize::kib_4> page,
          frames::FrameAllocator& frames) {
#ifdef MISTAKE
    space.unmap(page);
    static_cast<void>(frames);
#else
    if (auto stale = space.unmap(page)) frames.give(std::move(*stale).flush(frames));
#endif
}
