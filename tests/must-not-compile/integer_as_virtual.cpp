// error: no known conversion from 'unsigned long' to 'VirtAddr'
#include "memory/address.hpp"

using namespace pith;

static void flush_page(VirtAddr) {}

void test();
void test() {
#ifdef MISTAKE
    flush_page(0x1000UL);
#else
    flush_page(VirtAddr{0x1000UL});
#endif
}
