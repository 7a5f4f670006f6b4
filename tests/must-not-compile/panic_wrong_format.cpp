// error: is not a constant expression
// error: Argument index outside the valid range
#include "console/panic.hpp"

using namespace pith;

void test(int number);
void test(int number) {
#ifdef MISTAKE
    console::panic("{} of {}", number);
#else
    console::panic("{}", number);
#endif
}
