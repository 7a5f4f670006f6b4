// Exercise 8.1: whether the entry saves what the program does not expect to lose, vector registers as well.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/halt.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

struct Interrupted {
    std::uint64_t rip, cs, rflags, rsp, ss;
};

struct State {
    std::array<std::uint64_t, 15> registers;
    std::uint64_t flags;
    std::array<std::uint64_t, 16> vectors;  // the lower half of each
};

}  // namespace

extern "C" {
void careful_entry();

// check_program.S
void has_a_breakpoint(State& after);
void has_an_invalid_opcode(State& after);
constinit std::uint64_t seen_stack = 0, seen_flags = 0;
constinit Interrupted* seen_frame = nullptr;
void examine();
}

namespace {

constexpr std::uint64_t carry = 1, direction = 1U << 10;

constinit std::array<exceptions::Gate, exceptions::vector_count> gates{};
constinit unsigned calls = 0, mistakes = 0;
constinit bool is_frame_right = true;

void complain(std::string_view mistake) {
    ++mistakes;
    println("{}", mistake);
}

// The words that the processor pushed lie right above what the entry saved.
bool is_right(Interrupted const* frame) {
    auto const address  = std::bit_cast<std::uint64_t>(frame);
    auto const distance = address - seen_stack;
    return distance % 8 == 0 && distance < 2048 && frame->cs == exceptions::kernel_code.raw() &&
           frame->ss == exceptions::kernel_data.raw();
}

// Functions in assembly have no type before them, so no pointer may lead there: a parameter of a template does.
template <void (*program)(State&)>
void have(std::string_view what) {
    constexpr std::array names{"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",
                               "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    State after{};
    program(after);
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (after.registers[index] == 0x1000 + index) continue;
        ++mistakes;
        println("{}: {} was {:#x} before it and is {:#x} behind it", what, names[index], 0x1000 + index,
                after.registers[index]);
    }
    for (std::size_t index = 0; index < after.vectors.size(); ++index) {
        if (after.vectors[index] == 0x1000) continue;
        ++mistakes;
        println("{}: xmm{} was 0x1000 before it and is {:#x} behind it", what, index, after.vectors[index]);
        break;  // one says it all
    }
    if ((after.flags & direction) == 0) complain("the program's direction flag was lost");
    if ((after.flags & carry) == 0) complain("the program's carry flag was lost");
}

}  // namespace

void examine() {
    ++calls;
    is_frame_right = is_right(seen_frame);
    if (!is_frame_right) return complain("RDI does not hold the address of the processor's five words");
    // `call` pushed the return address: so before it RSP was a multiple of 16.
    if (seen_stack % 16 != 8) complain("RSP is not a multiple of 16 before the call");
    if ((seen_flags & direction) != 0) complain("the handler runs with the direction flag set");
    // SAFETY: because the invalid opcode is the program's UD2, and it goes on behind it.
    auto const* const code = std::bit_cast<std::uint8_t const*>(seen_frame->rip);
    if (*code == 0x0f) seen_frame->rip += 2;
}

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    cpu::write_cr4(cpu::read_cr4() | cpu::cr4_fxsave);

    VirtAddr const entry{std::bit_cast<std::uint64_t>(&careful_entry)};
    gates[3] = gates[6] = exceptions::Gate::interrupt(entry, exceptions::InterruptStack::none);
    cpu::load_interrupt_table({.limit = sizeof gates - 1, .base = VirtAddr{&gates}.value()});

    have<has_a_breakpoint>("a breakpoint");
    if (calls != 1) println("exercise_handler was called {} times at one breakpoint", calls);
    if (is_frame_right && mistakes == 0) have<has_an_invalid_opcode>("an invalid opcode");
    if (mistakes == 0 && calls == 2) println("solved");
    cpu::halt_forever();
}
