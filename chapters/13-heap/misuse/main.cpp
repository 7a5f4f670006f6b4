// Chapter 13: the plain heap does not see that a block is freed twice.
#include "misuse.hpp"

#include "boot/start.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);

    use_wrongly();
    cpu::halt_forever();
}
