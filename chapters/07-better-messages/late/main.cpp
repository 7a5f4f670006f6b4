// A page fault's handler that looks at something else before it reads CR2.
//
// With `early` on the command line it reads CR2 first.
#include "boot/handoff.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exceptions::ExceptionFrame;
using exceptions::PageFaultError;
using exceptions::Resolution;
using exceptions::Vector;

namespace {

constinit bool is_early = false;

// #region ask
// Whether a byte can be read there. A fault of this load is expected, and ends here.
bool can_be_read(std::uint64_t address) {
    std::uint8_t value = 0;
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT("mov %0, [%2]") : "+r"(value), "=&D"(fault) : "r"(address) : "memory");
    return fault == 0;
}
// #endregion ask

// #region handler
Resolution on_page_fault(ExceptionFrame& frame, PageFaultError) {
    exceptions::clear_handler(Vector::page_fault);  // what comes now is not for us
    auto const early = cpu::read_cr2();
    println("RSI is {:#x}, and {} there", frame.rsi, can_be_read(frame.rsi) ? "something is" : "nothing is");
    auto const late = cpu::read_cr2();
    println("the page fault was at {:#x}", is_early ? early : late);
    cpu::halt_forever();
}
// #endregion handler

// #region mistake
[[gnu::noinline]] void write_to(VirtAddr address, std::uint64_t value) {
    // SAFETY: because nothing is safe here: it is the fault that this kernel is about.
    *reinterpret_cast<std::uint64_t volatile*>(address.value()) = value;
}
// #endregion mistake

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    is_early = console::adopt_handoff(start).command_line.contains("early");
    exceptions::set_handler<Vector::page_fault>(on_page_fault);

    println("writing to 0xdeadbeef");
    std::uint64_t value = 42;
    asm volatile("" : "+r"(value));  // from here on the compiler does not know what it is
    write_to(VirtAddr{0xdead'beefU}, value);
    cpu::halt_forever();
}
