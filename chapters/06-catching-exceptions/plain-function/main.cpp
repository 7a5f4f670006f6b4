// A C++ function where the processor enters. It ends as functions do, and that is wrong.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/halt.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/start.hpp"
#include "exceptions/vector.hpp"
#include "runtime/stack_protector.hpp"

#include <array>

using namespace pith;
using console::println;
using exceptions::Gate;

namespace {

// #region handler
void on_breakpoint() { println("breakpoint: caught"); }
// #endregion handler

// The kernel's own table, with one gate changed: so that we see what happens next.
void set_gate(exceptions::Vector vector, void (*entry)()) {
    static constinit std::array<Gate, exceptions::vector_count> gates{};
    // SAFETY: because exceptions::start has loaded a table of that many gates.
    gates = *reinterpret_cast<decltype(gates) const*>(cpu::interrupt_table().base);
    gates.at(static_cast<std::size_t>(vector)) =
        Gate::interrupt(VirtAddr{std::bit_cast<std::uint64_t>(entry)}, exceptions::InterruptStack::none);
    cpu::load_interrupt_table({.limit = sizeof gates - 1, .base = VirtAddr{&gates}.value()});
}

// #region stop
[[gnu::noinline]] void stop_here() { asm volatile("int3"); }
// #endregion stop

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    set_gate(exceptions::Vector::breakpoint, on_breakpoint);

    println("before the breakpoint");
    stop_here();
    println("after it");
    cpu::halt_forever();
}
