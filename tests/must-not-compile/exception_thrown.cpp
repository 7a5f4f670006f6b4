// error: cannot use 'throw' with exceptions disabled
#include "base/fail.hpp"

void test(bool is_right);
void test(bool is_right) {
#ifdef MISTAKE
    if (!is_right) throw 1;
#else
    pith::require(is_right, "this is right");
#endif
}
