// error: no known conversion from 'PhysAddr' to 'VirtAddr'
#include "memory/address.hpp"

using namespace pith;

static void map(VirtAddr) {}

void test();
void test() {
#ifdef MISTAKE
    map(PhysAddr{0x1000});
#else
    map(VirtAddr{0x1000});
#endif
}
