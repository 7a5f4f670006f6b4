// error: not viable: expects an rvalue for 2nd argument
#include "paging/address_space.hpp"

using namespace pith;
using Space = paging::AddressSpace<paging::DirectMapAccess>;

bool test(Space& space, paging::Frame<PageSize::kib_4>& frame, frames::FrameAllocator& frames);
bool test(Space& space, paging::Frame<PageSize::kib_4>& frame, frames::FrameAllocator& frames) {
    Page<PageSize::kib_4> const page{VirtAddr{0x1000UL}};
#ifdef MISTAKE
    return space.map(page, frame, paging::Rights{}, frames).has_value();
#else
    return space.map(page, std::move(frame), paging::Rights{}, frames).has_value();
#endif
}
