// error: the kernel does not print floating point
#include "console/print.hpp"

using namespace pith;

void test();
void test() {
#ifdef MISTAKE
    console::println("{:.2}", 1.5);
#else
    console::println("{}.{:02}", 1, 50);
#endif
}
