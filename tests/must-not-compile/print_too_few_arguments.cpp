// error: is not a constant expression
// error: Argument index outside the valid range
#include "console/print.hpp"

using namespace pith;

void test(int number);
void test(int number) {
#ifdef MISTAKE
    console::println("{} of {}", number);
#else
    console::println("{} of {}", number, number);
#endif
}
