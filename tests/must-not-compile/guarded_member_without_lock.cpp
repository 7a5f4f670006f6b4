// error: reading variable 'value_' requires holding spinlock 'lock_'
// error: -Wthread-safety
#include "cpu/spinlock.hpp"

using namespace pith;

namespace {

class Counter {
public:
    int value() {
#ifndef MISTAKE
        cpu::SpinlockGuard const guard{lock_};
#endif
        return value_;
    }

private:
    cpu::Spinlock lock_;
    int value_ __attribute__((guarded_by(lock_))) = 0;
};

}  // namespace

int test();
int test() {
    Counter counter;
    return counter.value();
}
