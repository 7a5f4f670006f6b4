// Exercise 6.1: raises both kinds of exceptions, and looks whether the interrupted program has noticed.
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
using exceptions::Vector;

namespace {

struct Frame {
    std::uint64_t error_code, rip, cs, rflags, rsp, ss;
};

}  // namespace

extern "C" {
void entry_without_error_code();
void entry_with_error_code();
void raise_undefined();
void raise_selector();
extern std::byte const undefined_instruction[], selector_instruction[];
extern std::array<std::uint64_t, 15> const registers_after;
extern std::uint64_t const rsp_before, rsp_after, flags_after;

// What the entries jump to as long as nobody has written them.
[[noreturn]] void not_written();
void on_exception(Frame& frame);
}

namespace {

constexpr std::array<std::string_view, 15> names{"RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RBP", "R8",
                                                 "R9",  "R10", "R11", "R12", "R13", "R14", "R15"};
constexpr std::uint64_t direction_flag = 1U << 10;

// What the handler should see, and how often it was called.
constinit std::uint64_t wanted_rip = 0, wanted_error_code = 0;
constinit unsigned calls = 0;

template <typename... Arguments>
[[noreturn]] void wrong(std::format_string<Arguments...> format, Arguments&&... arguments) {
    println(format, std::forward<Arguments>(arguments)...);
    cpu::halt_forever();
}

std::uint64_t flags_now() {
    std::uint64_t flags;
    asm volatile("pushfq\npop %0" : "=r"(flags));
    return flags;
}

// What a function may do, this one does.
void overwrite_registers() {
    asm volatile("mov rax, -1\nmov rcx, rax\nmov rdx, rax\nmov rsi, rax\nmov rdi, rax\n"
                 "mov r8, rax\nmov r9, rax\nmov r10, rax\nmov r11, rax"
                 :
                 :
                 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");
}

void set_gate(Vector vector, void (*entry)()) {
    static constinit std::array<Gate, exceptions::vector_count> gates{};
    static constinit bool is_copied = false;
    // SAFETY: because exceptions::start has loaded a table of that many gates.
    if (!is_copied) gates = *reinterpret_cast<decltype(gates) const*>(cpu::interrupt_table().base);
    is_copied = true;
    gates.at(static_cast<std::size_t>(vector)) =
        Gate::interrupt(VirtAddr{std::bit_cast<std::uint64_t>(entry)}, exceptions::InterruptStack::none);
    cpu::load_interrupt_table({.limit = sizeof gates - 1, .base = VirtAddr{&gates}.value()});
}

// Functions in assembly have no type before them, so no pointer may lead there: a parameter of a template does.
template <void (*raise)()>
void try_one(std::string_view which, std::byte const* instruction, std::uint64_t error_code) {
    wanted_rip        = VirtAddr{instruction}.value();
    wanted_error_code = error_code;
    calls             = 0;
    raise();
    if (rsp_after != rsp_before) wrong("{}: RSP is not what it was before", which);
    for (std::size_t number = 0; number < names.size(); ++number) {
        if (registers_after[number] != 0x4242'0000'0000'1000 + number * 8)
            wrong("{}: {} is not what it was before", which, names.at(number));
    }
    if ((flags_after & direction_flag) == 0) wrong("{}: the flags are not what they were", which);
    println("{}: nobody has noticed", which);
}

}  // namespace

void not_written() { wrong("the entry is not written yet"); }

void on_exception(Frame& frame) {
    if ((flags_now() & direction_flag) != 0) wrong("the handler is called with the direction flag set");
    if (VirtAddr{__builtin_frame_address(0)}.value() % 16 != 0)
        wrong("RSP is not a multiple of 16 where the handler is called");
    if (frame.rip != wanted_rip) wrong("the handler finds RIP {:#x}, not {:#x}", frame.rip, wanted_rip);
    if (frame.error_code != wanted_error_code)
        wrong("the handler finds the error code {:#x}, not {:#x}", frame.error_code, wanted_error_code);
    if (++calls > 1) wrong("the handler is called again: the way back leads to the same place");
    frame.rip += 2;  // both instructions are that long
    overwrite_registers();
}

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    set_gate(Vector::invalid_opcode, entry_without_error_code);
    set_gate(Vector::general_protection, entry_with_error_code);

    try_one<raise_undefined>("without an error code", undefined_instruction, 0);
    try_one<raise_selector>("with an error code", selector_instruction, 0x1000);
    println("solved");
    cpu::halt_forever();
}
