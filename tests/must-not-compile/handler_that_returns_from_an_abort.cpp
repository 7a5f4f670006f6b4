// error: no matching function for call to 'set_handler'
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"

using namespace pith::exceptions;

void test();
void test() {
#ifdef MISTAKE
    set_handler<Vector::double_fault>([](ExceptionFrame&, OtherError) { return Resolution::resumed; });
#else
    set_handler<Vector::double_fault>(
        [](ExceptionFrame&, OtherError) -> Never { pith::cpu::halt_forever(); });
#endif
}
