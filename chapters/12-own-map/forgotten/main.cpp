// A map in which something was forgotten: the data, and the stacks with it.
#include "boot/image.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using paging::Access;

namespace {

// #region forgotten
paging::DirectMapAccess empty_tables() {
    auto root = frames::take<PageSize::kib_4>();
    if (!root) console::panic("{}", frames::explain(root.error()));
    auto const address                                  = std::move(*root).disown();
    physical_span<paging::Table<4>>(address, 1).front() = {};
    return paging::DirectMapAccess{address};
}

void map_part(paging::KernelSpace& space, VirtAddr start, VirtAddr end, Access access) {
    paging::KernelFrames frames;
    PhysAddr const memory{start - layout::kernel_start};
    auto const mapped =
        space.map_borrowed(PageRange::of_bytes(start, end - start), memory, {.access = access}, frames);
    if (!mapped) console::panic("{}", mapped.error());
}

void load_half_a_map() {
    paging::KernelSpace space{empty_tables()};
    auto const parts = boot::image_parts();
    map_part(space, parts.text, parts.constants, Access::read_execute);
    map_part(space, parts.constants, parts.sealed, Access::read);
    println("loading a map with code and constants ...");
    cpu::write_cr3(space.access().root_address().value());
    println("this is never printed");
}
// #endregion forgotten

}  // namespace

// #region main
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    frames::start(console::adopt_handoff(start));
    load_half_a_map();
    cpu::halt_forever();
}
// #endregion main
