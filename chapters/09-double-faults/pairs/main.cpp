// Chapter 9: which pairs of exceptions make a double fault.
//
// Three gates are taken away. Delivering their exceptions fails, and what comes of that depends on the pair.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/halt.hpp"
#include "exceptions/decode.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

#include <cstring>

using namespace pith;
using console::println;
using exceptions::Resolution;
using exceptions::Vector;

namespace {

// #region gates
constinit std::array<exceptions::Gate, exceptions::vector_count> gates{};

exceptions::Gate not_present(exceptions::Gate gate) {
    constexpr std::uint64_t present = std::uint64_t{1} << 47;
    return std::bit_cast<exceptions::Gate>(std::array{gate.low() & ~present, gate.high()});
}

void take_gates_away() {
    // SAFETY: because exceptions::start loaded a table of as many gates.
    std::memcpy(&gates, std::bit_cast<void const*>(cpu::interrupt_table().base), sizeof gates);
    for (auto const vector : {Vector::breakpoint, Vector::invalid_opcode, Vector::divide_error}) {
        auto& gate = gates.at(static_cast<std::size_t>(vector));
        gate       = not_present(gate);
    }
    cpu::load_interrupt_table({.limit = sizeof gates - 1, .base = VirtAddr{&gates}.value()});
}
// #endregion gates

// #region missing
// How long the instruction is whose exception could not be delivered.
constinit std::uint64_t instruction_bytes = 0;

Resolution on_missing_gate(exceptions::ExceptionFrame& frame, exceptions::SelectorError error) {
    println("  segment not present, says the {}", exceptions::name_of(error.table()));
    frame.rip += instruction_bytes;
    return Resolution::resumed;
}
// #endregion missing

}  // namespace

// #region main
void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();

    exceptions::set_handler<Vector::segment_not_present>(on_missing_gate);
    take_gates_away();

    println("a breakpoint without a gate:");
    instruction_bytes = 1;
    asm volatile("int3");
    println("an invalid opcode without a gate:");
    instruction_bytes = 2;
    asm volatile("ud2");
    println("a division by zero without a gate:");
    asm volatile("div %0" : : "r"(0U) : "rax", "rdx");
    println("  it went on");
    cpu::halt_forever();
}
// #endregion main
