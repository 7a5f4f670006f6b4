// error: function declared 'noreturn' should not return
#include "boot/start.hpp"

void kernel_main(pith::boot::Start) {
#ifndef MISTAKE
    __builtin_trap();
#endif
}
