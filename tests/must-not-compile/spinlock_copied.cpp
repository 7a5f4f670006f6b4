// error: call to deleted constructor of 'cpu::Spinlock'
#include "cpu/spinlock.hpp"

using namespace pith;

void test(cpu::Spinlock& lock);
void test(cpu::Spinlock& lock) {
#ifdef MISTAKE
    cpu::Spinlock mine = lock;
#else
    cpu::Spinlock& mine = lock;
#endif
    mine.lock();
    mine.unlock();
}
