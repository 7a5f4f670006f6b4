// error: invalid operands to binary expression
#include "paging/rights.hpp"

using namespace pith;

paging::Rights test();
paging::Rights test() {
#ifdef MISTAKE
    return {.access = paging::Access::read_write | paging::Access::read_execute};
#else
    return {.access = paging::Access::read_write};
#endif
}
