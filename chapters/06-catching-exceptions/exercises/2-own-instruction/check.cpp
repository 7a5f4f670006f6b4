// Exercise 6.2: runs the new instruction, and some that must stay undefined.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exceptions::Vector;

std::uint8_t byte_at(std::uint64_t address) {
    return cpu::try_read<std::uint8_t>(VirtAddr{address}).value_or(0);
}

namespace {

[[noreturn]] void wrong(std::string_view what) {
    println("{}", what);
    cpu::halt_forever();
}

// RDI is 0 afterwards, or says that nobody wanted the exception (cpu/fixup.hpp). The byte 53 alone is PUSH RBX.
bool square(std::uint64_t& number) {
    std::uint64_t fault, rsp_before, rsp_after;
    asm volatile("mov %2, rsp\n" PITH_MAY_FAULT(".byte 0x0f, 0x0b, 0x53") "mov %3, rsp\n"
                                                                          "mov rsp, %2"
                 : "+a"(number), "=&D"(fault), "=&r"(rsp_before), "=&r"(rsp_after)
                 :
                 : "memory");
    if (rsp_after != rsp_before) wrong("the program does not go on behind the whole instruction");
    return fault == 0;
}

void try_square_of(std::uint64_t number) {
    auto const before = number;
    if (!square(number)) wrong("the instruction 0F 0B 53 is still undefined");
    if (number != before * before) wrong("RAX is not the square of what it was");
}

bool is_undefined_with_another_number() {
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT(".byte 0x0f, 0x0b, 0x54") : "=&D"(fault) : : "rax", "memory");
    return fault != 0;
}

// 06 was PUSH ES, and is undefined in 64-bit mode.
bool is_undefined_without_0f() {
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT(".byte 0x06, 0x0b, 0x53") : "=&D"(fault) : : "rax", "memory");
    return fault != 0;
}

bool is_undefined_without_0b() {
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT(".byte 0x0f, 0x04, 0x53") : "=&D"(fault) : : "rax", "memory");
    return fault != 0;
}

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::set_handler<Vector::invalid_opcode>(on_invalid_opcode);

    for (std::uint64_t number = 0; number < 20; ++number) try_square_of(number);
    if (!is_undefined_with_another_number()) wrong("0F 0B 54 is taken for the new instruction");
    if (!is_undefined_without_0f()) wrong("06 0B 53 is taken for the new instruction");
    if (!is_undefined_without_0b()) wrong("0F 04 53 is taken for the new instruction");
    println("solved");
    cpu::halt_forever();
}
