// Chapter 8's failure before the cure: an entry that saves nothing.
//
// The breakpoint's gate leads to entry.S, which calls a function and returns. What the interrupted program
// then finds in its registers depends on what the compiler made of that function.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/halt.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/start.hpp"
#include "exceptions/vector.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

using Registers = std::array<std::uint64_t, 15>;

extern "C" {
// entry.S
void naive_entry();
void fill_and_look(Registers& found);
// What it calls.
constinit void (*naive_handler)() = nullptr;
}

namespace {

constinit std::array<exceptions::Gate, 4> gates{};

// #region handlers
constinit std::uint64_t breakpoints = 0;

void count() { ++breakpoints; }

void say() { println("  breakpoint {}", ++breakpoints); }
// #endregion handlers

// #region look
void print_what_was_lost() {
    constexpr std::array names{"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",
                               "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    Registers found{};
    fill_and_look(found);
    console::print("  lost:");
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (found[index] != 0x1000 + index) console::print(" {}", names[index]);
    }
    println("");
}
// #endregion look

}  // namespace

// #region main
void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();

    // Only the breakpoint's gate is there: any other exception would reset the machine.
    VirtAddr const entry{std::bit_cast<std::uint64_t>(&naive_entry)};
    gates[3] = exceptions::Gate::interrupt(entry, exceptions::InterruptStack::none);
    cpu::load_interrupt_table({.limit = sizeof gates - 1, .base = VirtAddr{&gates}.value()});

    println("an entry that saves nothing, and a handler that counts:");
    naive_handler = count;
    print_what_was_lost();
    println("the same entry, and a handler that prints:");
    naive_handler = say;
    print_what_was_lost();
    cpu::halt_forever();
}
// #endregion main
