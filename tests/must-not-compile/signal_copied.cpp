// error: call to implicitly-deleted copy constructor
#include "tasks/waiting.hpp"

using namespace pith;

void test(tasks::Signal& signal);
void test(tasks::Signal& signal) {
#ifdef MISTAKE
    auto copy = signal;  // who waits is in one list
    copy.raise();
#else
    signal.raise();
#endif
}
