// error: acquiring spinlock 'lock' that is already held
#include "cpu/spinlock.hpp"

using namespace pith;

void test(cpu::Spinlock& lock);
void test(cpu::Spinlock& lock) {
    cpu::SpinlockGuard const guard{lock};
#ifdef MISTAKE
    cpu::SpinlockGuard const again{lock};
#endif
}
