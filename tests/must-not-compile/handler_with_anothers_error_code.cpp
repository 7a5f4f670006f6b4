// error: no matching function for call to 'set_handler'
#include "exceptions/handlers.hpp"

using namespace pith::exceptions;

void test();
void test() {
#ifdef MISTAKE
    set_handler<Vector::general_protection>(
        [](ExceptionFrame&, PageFaultError) { return Resolution::resumed; });
#else
    set_handler<Vector::general_protection>(
        [](ExceptionFrame&, SelectorError) { return Resolution::resumed; });
#endif
}
