// Exercise 9.1: whether the stack is as large as it should be, and ends where it should.
#include "exercise.hpp"

#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/stacks.hpp"
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

constinit unsigned calls = 0;
constinit bool is_wrong  = false;

void insist(bool condition, std::string_view mistake) {
    if (condition || is_wrong) return;
    is_wrong = true;
    println("{}", mistake);
}

bool is_mapped(VirtAddr address) { return cpu::try_read<std::uint8_t>(address).has_value(); }

void look_around() {
    ++calls;
    auto const here         = std::bit_cast<std::uint64_t>(__builtin_frame_address(0));
    auto const* const stack = console::stack_with(here);
    insist(stack != nullptr, "the function runs on a stack that the kernel does not know");
    if (stack == nullptr) return;
    insist(stack->name == "mine", "the stack that the function runs on has another name");
    insist(stack->top - stack->bottom == 8192, "the stack is not as large as it should be");
    insist(stack->bottom.value() % 4096 == 0, "the stack does not begin at a page");
    insist(here % 16 == 0, "RSP is not a multiple of 16 before the call");
    insist(stack->top.value() - here <= 16, "the function does not begin at the stack's top");
    insist(is_mapped(stack->bottom), "the stack's last bytes are not mapped");
    insist(!is_mapped(VirtAddr{stack->bottom.value() - 1}), "the page below the stack can be read");
    insist(is_mapped(VirtAddr{stack->bottom.value() - 4097}), "more than one page below the stack is gone");
    insist(is_mapped(stack->top), "the page above the stack is gone");
}

// NOLINTNEXTLINE(misc-no-recursion): it is what this is about
[[gnu::noinline]] std::uint64_t recurse(std::uint64_t depth) {
    if (depth == 1'000'000) return depth;
    std::array<std::uint64_t, 16> numbers{};
    numbers[depth % 16] = depth;
    asm volatile("" : : "r"(numbers.data()) : "memory");
    return recurse(depth + 1) + numbers[depth % 16];
}

void overflow() { println("{}", recurse(0)); }

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    static_cast<void>(console::adopt_handoff(start));

    call_on_own_stack(look_around);
    call_on_own_stack(look_around);
    insist(calls == 2, "the function was not called as often as was asked for");
    if (is_wrong) cpu::halt_forever();
    println("it was called twice, and came back");
    call_on_own_stack(overflow);
    println("the stack overflowed, and nobody said so");
    cpu::halt_forever();
}
