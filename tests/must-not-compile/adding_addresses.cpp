// error: invalid operands to binary expression ('PhysAddr' and 'PhysAddr')
#include "memory/address.hpp"

using namespace pith;

PhysAddr test(PhysAddr start, PhysAddr end);
PhysAddr test(PhysAddr start, PhysAddr end) {
#ifdef MISTAKE
    return start + end;
#else
    return start + (end - start);
#endif
}
