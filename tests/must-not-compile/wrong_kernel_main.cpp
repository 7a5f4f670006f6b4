// error: conflicting types for 'kernel_main'
#include "boot/start.hpp"

#ifdef MISTAKE
extern "C" [[noreturn]] void kernel_main(pith::boot::Start const& start) {
#else
void kernel_main(pith::boot::Start start) {
#endif
    while (start.loader == pith::boot::Loader::pvh) {
    }
    __builtin_trap();
}
