// Exercise 9.2: two overflows that are survived, and a double fault that is none.
#include "exercise.hpp"

#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

constinit unsigned calls = 0;

// NOLINTNEXTLINE(misc-no-recursion): it is what this is about
[[gnu::noinline]] std::uint64_t recurse(std::uint64_t depth, std::uint64_t most) {
    if (depth == most) return depth;
    std::array<std::uint64_t, 16> numbers{};
    numbers[depth % 16] = depth;
    asm volatile("" : : "r"(numbers.data()) : "memory");
    return recurse(depth + 1, most) + numbers[depth % 16];
}

void recurse_a_little() { calls += recurse(0, 10) == 55 ? 1 : 100; }
void recurse_too_far() {
    ++calls;
    println("{}", recurse(0, 1'000'000));
}

[[noreturn]] void give_up(std::string_view mistake) {
    println("{}", mistake);
    cpu::halt_forever();
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    static_cast<void>(console::adopt_handoff(start));

    if (overflows(recurse_a_little)) give_up("a function that needs little is said to overflow the stack");
    for (unsigned round = 0; round < 2; ++round) {
        if (!overflows(recurse_too_far)) give_up("an overflow was not noticed");
        if (overflows(recurse_a_little)) give_up("after an overflow, all others are said to overflow, too");
    }
    if (calls != 5) give_up("not every function was called, or not to its end");
    println("both overflows were survived; another double fault must not be:");
    asm volatile("mov rsp, %0\n push rax" : : "r"(std::uint64_t{1} << 63) : "memory");
    give_up("a double fault that is no overflow was swallowed");
}
