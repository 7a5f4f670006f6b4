// error: no matching function for call to 'set_handler'
#include "exceptions/handlers.hpp"

using namespace pith::exceptions;

void test();
void test() {
#ifdef MISTAKE
    set_handler<Vector::page_fault>([](ExceptionFrame&) { return Resolution::resumed; });
#else
    set_handler<Vector::page_fault>([](ExceptionFrame&, PageFaultError) { return Resolution::resumed; });
#endif
}
