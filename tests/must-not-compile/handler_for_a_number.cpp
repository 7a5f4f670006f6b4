// error: no matching function for call to 'set_handler'
#include "exceptions/handlers.hpp"

using namespace pith::exceptions;

void test();
void test() {
    auto const handler = [](ExceptionFrame&) { return Resolution::resumed; };
#ifdef MISTAKE
    set_handler<3>(handler);
#else
    set_handler<Vector::breakpoint>(handler);
#endif
}
