// Chapter 9: double faults. A stack overflow leaves no room for the exception that would report it.
//
// On its own stack the double fault is caught. With `without-stack` on the command line it gets none: the
// machine resets.
#include "boot/handoff.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

// #region overflow
// A million calls deep, which no stack of ours can hold. The array makes each frame larger.
[[gnu::noinline]] std::uint64_t recurse(std::uint64_t depth) {
    if (depth == 1'000'000) return depth;
    std::array<std::uint64_t, 16> numbers{};
    numbers[depth % 16] = depth;
    asm volatile("" : : "r"(numbers.data()) : "memory");
    return recurse(depth + 1) + numbers[depth % 16];
}
// #endregion overflow

}  // namespace

// #region main
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);

    if (handoff.command_line.contains("without-stack")) {
        println("the double fault gets no stack of its own");
        exceptions::forget_stack_of(exceptions::Vector::double_fault);
    }
    println("overflowing the stack ...");
    println("{}", recurse(1));
    cpu::halt_forever();
}
// #endregion main
