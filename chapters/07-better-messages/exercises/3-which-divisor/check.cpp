// Exercise 7.3: divisions and others as bytes, and then a real one.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/operand.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

#include <array>

using namespace pith;
using console::println;
using exceptions::ExceptionFrame;
using exceptions::Resolution;

namespace {

[[noreturn]] void stop() { cpu::halt_forever(); }

struct Case {
    std::string_view text;
    std::array<std::uint8_t, 4> code;
    std::size_t size;
    int wanted;  // -1: none
};

constexpr Case cases[] = {
    {"div ecx", {0xf7, 0xf1}, 2, 1},
    {"div eax", {0xf7, 0xf0}, 2, 0},
    {"idiv edi", {0xf7, 0xff}, 2, 7},
    {"div rcx", {0x48, 0xf7, 0xf1}, 3, 1},
    {"div r9", {0x49, 0xf7, 0xf1}, 3, 9},
    {"div r10d", {0x41, 0xf7, 0xf2}, 3, 10},
    {"idiv r15d", {0x41, 0xf7, 0xff}, 3, 15},
    {"div ecx, with more behind it", {0xf7, 0xf1, 0xf7, 0xf2}, 4, 1},
    {"neg ecx", {0xf7, 0xd9}, 2, -1},
    {"imul r9", {0x49, 0xf7, 0xe9}, 3, -1},
    {"div dword ptr [rcx]", {0xf7, 0x31}, 2, -1},
    {"div dword ptr [r9 + 1]", {0x41, 0xf7, 0x71, 0x01}, 4, -1},
    {"inc ecx", {0xff, 0xc1}, 2, -1},
    {"the first byte of a division", {0xf7}, 1, -1},
    {"two bytes of a division", {0x48, 0xf7}, 2, -1},
    {"REX alone", {0x49}, 1, -1},
    {"nothing", {}, 0, -1},
};

void check(Case const& one) {
    auto const found = divisor_register(std::as_bytes(std::span{one.code}).first(one.size));
    int const number = found ? static_cast<int>(*found) : -1;
    if (number == one.wanted) return;
    println("{}: the register's number is {}, yours says {} (-1: none)", one.text, one.wanted, number);
    stop();
}

Resolution on_divide_error(ExceptionFrame& frame) {
    std::array<std::byte, 15> code{};
    for (std::size_t offset = 0; offset < code.size(); ++offset)
        code.at(offset) = std::byte{cpu::try_read<std::uint8_t>(VirtAddr{frame.rip + offset}).value_or(0)};
    auto const number = divisor_register(code);
    if (!number) {
        println("a division by R11 is not found in the running code");
        stop();
    }
    println("divide error: the divisor {} is 0", exceptions::register_names.at(*number));
    if (*number == 11) println("solved");
    stop();
}

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::set_handler<exceptions::Vector::divide_error>(on_divide_error);
    for (auto const& one : cases) check(one);
    println("as bytes: right");
    asm volatile("xor r11d, r11d\nmov eax, 84\nxor edx, edx\ndiv r11" : : : "rax", "rdx", "r11");
    stop();
}
