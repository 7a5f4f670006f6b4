// error: call to deleted constructor of 'Never'
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"

using namespace pith::exceptions;

Never test();
Never test() {
#ifdef MISTAKE
    return Never();
#else
    pith::cpu::halt_forever();
#endif
}
