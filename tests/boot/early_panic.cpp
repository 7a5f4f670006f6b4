// A kernel that panics before it has a console: the panic finds one by itself.
#include "boot/start.hpp"
#include "console/panic.hpp"

void kernel_main(pith::boot::Start start) {
    pith::console::panic("started by {:#x}", static_cast<std::uint64_t>(start.loader));
}
