// error: no matching member function for call to 'map'
// error: deduced conflicting values for parameter 'Size'
#include "paging/address_space.hpp"

using namespace pith;
using Space = paging::AddressSpace<paging::DirectMapAccess>;

bool test(Space& space, Page<PageSize::mib_2> large, Page<PageSize::kib_4> small,
          paging::Frame<PageSize::kib_4>&& frame, frames::FrameAllocator& frames);
bool test(Space& space, [[maybe_unused]] Page<PageSize::mib_2> large,
          [[maybe_unused]] Page<PageSize::kib_4> small, paging::Frame<PageSize::kib_4>&& frame,
          frames::FrameAllocator& frames) {
#ifdef MISTAKE
    return space.map(large, std::move(frame), paging::Rights{}, frames).has_value();
#else
    return space.map(small, std::move(frame), paging::Rights{}, frames).has_value();
#endif
}
