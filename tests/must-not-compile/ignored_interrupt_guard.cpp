// error: ignoring temporary
// error: nodiscard
#include "cpu/interrupts.hpp"

using namespace pith;

void test();
void test() {
#ifdef MISTAKE
    cpu::InterruptGuard{};
#else
    cpu::InterruptGuard const guard;
#endif
}
