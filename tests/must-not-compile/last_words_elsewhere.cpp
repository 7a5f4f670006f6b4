// error: incomplete type 'cpu::LastWords'
#include "console/console.hpp"

using namespace pith;

void test();
void test() {
#ifdef MISTAKE
    console::the_console.seize(cpu::LastWords{}).write("mine now");
#else
    console::the_console.with([](console::Console& console) { console.write("in turn"); });
#endif
}
