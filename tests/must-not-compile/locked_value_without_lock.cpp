// error: 'value_' is a private member of 'pith::cpu::Locked<int>'
#include "cpu/spinlock.hpp"

using namespace pith;

void test(cpu::Locked<int>& counter);
void test(cpu::Locked<int>& counter) {
#ifdef MISTAKE
    ++counter.value_;
#else
    counter.with([](int& value) { ++value; });
#endif
}
