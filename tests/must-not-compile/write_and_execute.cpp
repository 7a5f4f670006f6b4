// error: no member named 'read_write_execute' in 'pith::paging::Access'
#include "paging/rights.hpp"

using namespace pith;

paging::Rights test();
paging::Rights test() {
#ifdef MISTAKE
    return {.access = paging::Access::read_write_execute};
#else
    return {.access = paging::Access::read_execute};
#endif
}
