// Chapter 7: better messages. A page fault at 0xdeadbeef, explained; and a load that may fault, and says so.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/decode.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

// #region careful
// An address that somebody gave us: the load is declared as one that may fault.
void look_at(VirtAddr address) {
    auto const value = cpu::try_read<std::uint8_t>(address);
    if (value) return println("at {} stands {:#04x}", address, *value);
    exceptions::PageFaultError const error{value.error().error_code()};
    println("at {} stands nothing: {}", address, exceptions::reason_of(error));
}
// #endregion careful

// #region careless
// The same address, and no care at all.
[[gnu::noinline]] void write_to(VirtAddr address) {
    // SAFETY: because nothing is safe here: it is the fault that this chapter is about.
    *reinterpret_cast<std::uint8_t volatile*>(address.value()) = 42;
}
// #endregion careless

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();

    asm volatile("int3");
    look_at(VirtAddr{reinterpret_cast<void const*>(&kernel_main)});
    look_at(VirtAddr{0xdead'beefU});
    write_to(VirtAddr{0xdead'beefU});
    cpu::halt_forever();
}
