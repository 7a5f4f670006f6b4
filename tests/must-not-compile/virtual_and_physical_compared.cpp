// error: invalid operands to binary expression ('PhysAddr' and 'VirtAddr')
#include "memory/address.hpp"

using namespace pith;

bool test(PhysAddr physical, VirtAddr address);
bool test(PhysAddr physical, VirtAddr address) {
#ifdef MISTAKE
    return physical == address;
#else
    return physical == PhysAddr{address.value()};
#endif
}
