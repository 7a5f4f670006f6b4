// error: no known conversion from 'VirtAddr' to 'PhysAddr'
#include "memory/address.hpp"

using namespace pith;

static void free_frame(PhysAddr) {}

void test();
void test() {
#ifdef MISTAKE
    free_frame(VirtAddr{0x1000});
#else
    free_frame(PhysAddr{0x1000});
#endif
}
