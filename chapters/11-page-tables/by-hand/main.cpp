// Page tables by hand: numbers, and nothing that knows better.
#include "tables.hpp"

#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    frames::start(console::adopt_handoff(start));
#include "steps.inc"
    cpu::halt_forever();
}
