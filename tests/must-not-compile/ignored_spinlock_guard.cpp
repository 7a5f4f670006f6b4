// error: ignoring temporary
// error: nodiscard
#include "cpu/spinlock.hpp"

using namespace pith;

void test(cpu::Spinlock& lock);
void test(cpu::Spinlock& lock) {
#ifdef MISTAKE
    cpu::SpinlockGuard{lock};
#else
    cpu::SpinlockGuard const guard{lock};
#endif
}
