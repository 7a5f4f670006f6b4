// error: a reference would outlive the lock
#include "cpu/spinlock.hpp"

using namespace pith;

int test(cpu::Locked<int>& value);
int test(cpu::Locked<int>& value) {
#ifdef MISTAKE
    return value.with([](int& number) -> int& { return number; });
#else
    return value.with([](int& number) { return number; });
#endif
}
