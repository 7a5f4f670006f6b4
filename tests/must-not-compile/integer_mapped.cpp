// error: no matching member function for call to 'map'
#include "paging/address_space.hpp"

using namespace pith;
using Space = paging::AddressSpace<paging::DirectMapAccess>;

bool test(Space& space, paging::Frame<PageSize::kib_4>&& frame, frames::FrameAllocator& frames);
bool test(Space& space, paging::Frame<PageSize::kib_4>&& frame, frames::FrameAllocator& frames) {
#ifdef MISTAKE
    return space.map(0x1000, std::move(frame), paging::Rights{}, frames).has_value();
#else
    return space.map(Page<PageSize::kib_4>{VirtAddr{0x1000UL}}, std::move(frame), paging::Rights{}, frames)
        .has_value();
#endif
}
