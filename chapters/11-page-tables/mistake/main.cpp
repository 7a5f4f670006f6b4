// What the kernel made by hand lets pass: a page is mapped where a larger one is already.
#include "../by-hand/tables.hpp"

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
    make_root_recursive();

    // #region mistake
    // 2 MiB of memory, which the direct map shows as one large page, and a number in it.
    auto two_mib = frames::take<PageSize::mib_2>();
    if (!two_mib) console::panic("{}", frames::explain(two_mib.error()));
    Number const memory       = DIRECT_MAP_START + std::move(*two_mib).disown().value();
    number_at(memory + 5 * 8) = 42;

    println("the number is {:#x}", Number{number_at(memory + 5 * 8)});
    map(memory + 5 * 4096, take_frame(), writable);
    println("a page was mapped, and nobody complained");
    println("the number is {:#x}", Number{number_at(memory + 5 * 8)});
    // #endregion mistake
    cpu::halt_forever();
}
