// error: is not a constant expression
// error: The type option contains an invalid value for a string formatting argument
#include "console/print.hpp"

using namespace pith;

void test(std::string_view name);
void test(std::string_view name) {
#ifdef MISTAKE
    console::println("{:x}", name);
#else
    console::println("{:>10}", name);
#endif
}
