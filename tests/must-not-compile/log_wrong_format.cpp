// error: is not a constant expression
// error: The type option contains an invalid value for a string formatting argument
#include "log/log.hpp"

using namespace pith;

void test(std::string_view name);
void test(std::string_view name) {
#ifdef MISTAKE
    log::warning("test", "{:x}", name);
#else
    log::warning("test", "{:>10}", name);
#endif
}
