// Exercise 6.3: asks for the kernel's own gates, and for those of a table with holes.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

#include <array>

using namespace pith;
using console::println;
using exceptions::Gate;

extern "C" std::byte const exception_stubs[];

std::uint64_t word_at(VirtAddr address) { return cpu::try_read<std::uint64_t>(address).value_or(0); }

namespace {

template <typename... Arguments>
[[noreturn]] void wrong(std::format_string<Arguments...> format, Arguments&&... arguments) {
    println(format, std::forward<Arguments>(arguments)...);
    cpu::halt_forever();
}

void expect(unsigned vector, std::optional<std::uint64_t> wanted) {
    auto const found = entry_for(vector);
    if (found == wanted) return;
    if (!wanted) wrong("vector {}: the table has no gate there, and {:#x} was found", vector, *found);
    if (!found) wrong("vector {}: no gate was found, and there is one for {:#x}", vector, *wanted);
    wrong("vector {}: {:#x} was found, and the gate leads to {:#x}", vector, *found, *wanted);
}

void check_kernels_own() {
    constexpr std::uint64_t stub_size = 16;
    for (unsigned vector = 0; vector < exceptions::vector_count; ++vector)
        expect(vector, VirtAddr{exception_stubs}.value() + vector * stub_size);
    println("the kernel's own table: right");
}

// A shorter one, where some gates are missing. Bits that are none of the address are set in the others.
void check_a_table_with_holes() {
    static constinit std::array<Gate, 40> gates{};
    for (unsigned vector = 0; vector < gates.size(); vector += 3) {
        VirtAddr const entry{0xffff'8123'4567'0000 + vector * 0x1111};
        gates.at(vector) = Gate::interrupt(entry, exceptions::InterruptStack::nmi, 3);
    }
    auto const own = cpu::interrupt_table();
    cpu::load_interrupt_table({.limit = sizeof gates - 1, .base = VirtAddr{&gates}.value()});
    std::array<std::optional<std::uint64_t>, 48> found;
    for (unsigned vector = 0; vector < found.size(); ++vector) found.at(vector) = entry_for(vector);
    cpu::load_interrupt_table(own);  // before anything may go wrong
    for (unsigned vector = 0; vector < found.size(); ++vector) {
        bool const is_there = vector < gates.size() && vector % 3 == 0;
        auto const wanted   = 0xffff'8123'4567'0000 + vector * 0x1111;
        if (is_there && found.at(vector) != wanted) wrong("vector {} of a table with holes: wrong", vector);
        if (!is_there && found.at(vector)) wrong("vector {}: no gate is there, and one was found", vector);
    }
    println("a table with holes: right");
}

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    check_kernels_own();
    check_a_table_with_holes();
    println("solved");
    cpu::halt_forever();
}
