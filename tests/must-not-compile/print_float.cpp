// error: the kernel does not print floating point
#include "console/print.hpp"

using namespace pith;

void test();
void test() {
#ifdef MISTAKE
    console::println("{}", 1.5F);
#else
    console::println("{}.{}", 1, 5);
#endif
}
