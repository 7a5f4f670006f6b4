// Interrupts off, the lock, the use; then the lock, and interrupts as they were.
#include "exercise.hpp"

using namespace pith;

void with_lock(WatchedLock& lock, void (*use)()) {
    bool const were_enabled = cpu::are_interrupts_enabled();
    cpu::disable_interrupts();
    lock.lock();
    use();
    lock.unlock();
    if (were_enabled) cpu::enable_interrupts();
}
