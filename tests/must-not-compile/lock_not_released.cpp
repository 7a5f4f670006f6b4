// error: spinlock 'lock' is still held at the end of function
#include "cpu/spinlock.hpp"

using namespace pith;

void test(cpu::Spinlock& lock);
void test(cpu::Spinlock& lock) {
    lock.lock();
#ifndef MISTAKE
    lock.unlock();
#endif
}
