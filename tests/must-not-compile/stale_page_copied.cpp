// error: call to implicitly-deleted copy constructor of 'Stale'
#include "paging/stale.hpp"

using namespace pith;
using Stale = paging::Stale<PageSize::kib_4, paging::DirectMapAccess>;

Stale test(Stale& stale);
Stale test(Stale& stale) {
#ifdef MISTAKE
    return stale;
#else
    return std::move(stale);
#endif
}
