// error: constraints not satisfied for class template 'Port'
#include "cpu/port.hpp"

using namespace pith;

void test();
void test() {
#ifdef MISTAKE
    cpu::Port<std::uint64_t>{0x80}.write(0);
#else
    cpu::Port<std::uint32_t>{0x80}.write(0);
#endif
}
