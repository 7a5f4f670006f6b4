// Chapter 7: better messages. A page fault at 0xdeadbeef, explained; and a load that may fault, and says so.
//
// With `naive` on the command line a handler says what chapter 6 knew: that there was an exception.
#include "boot/handoff.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/decode.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

// #region naive
exceptions::Resolution say_so(exceptions::ExceptionFrame& frame, exceptions::PageFaultError) {
    println("exception {}", frame.vector_number);
    cpu::halt_forever();
}
// #endregion naive

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

// #region main
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    if (handoff.command_line.contains("naive")) {
        exceptions::set_handler<exceptions::Vector::page_fault>(say_so);
    }

    asm volatile("int3");
    look_at(VirtAddr{reinterpret_cast<void const*>(&kernel_main)});
    look_at(VirtAddr{0xdead'beefU});
    write_to(VirtAddr{0xdead'beefU});
    cpu::halt_forever();
}
// #endregion main
