// Chapter 9: a stack without a guard. It overflows, and nobody says so.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

#include <algorithm>

using namespace pith;
using console::println;

// call_on.S
extern "C" void call_on(void* stack_top, void (*function)());

namespace {

// #region memory
// Somebody's data, and right above it a stack.
struct Memory {
    std::array<std::uint8_t, 4096> neighbour{};
    alignas(16) std::array<std::uint8_t, 8192> stack{};
};
constinit Memory memory{};
// #endregion memory

// #region overflow
[[gnu::noinline]] std::uint64_t recurse(std::uint64_t depth) {
    if (depth == 60) return depth;
    std::array<std::uint64_t, 16> numbers{};
    numbers[depth % 16] = depth;
    asm volatile("" : : "r"(numbers.data()) : "memory");
    return recurse(depth + 1) + numbers[depth % 16];
}

void overflow() { println("60 calls, and their sum is {}", recurse(0)); }
// #endregion overflow

}  // namespace

// #region main
void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();

    constexpr std::uint8_t mark = 0x55;
    memory.neighbour.fill(mark);
    call_on(std::to_address(memory.stack.end()), overflow);
    auto const overwritten = std::ssize(memory.neighbour) - std::ranges::count(memory.neighbour, mark);
    println("of the neighbour's 4096 bytes {} were overwritten", overwritten);
    cpu::halt_forever();
}
// #endregion main
