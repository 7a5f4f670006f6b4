// #region includes
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "runtime/stack_protector.hpp"
#include "steps.hpp"

#include <cstdint>

using namespace pith;
using console::println;
// #endregion includes

// #region mistakes
namespace {

// The compiler must not see that the divisor is 0: it would leave the division out.
[[gnu::noinline]] void divide(std::uint64_t dividend, std::uint64_t divisor) {
    auto const asked        = divisor;
    std::uint64_t remainder = 0;
    asm volatile("div rcx" : "+a"(dividend), "+d"(remainder), "+c"(divisor));
    println("84 / {} = {}", asked, dividend);
}

[[gnu::noinline]] void load_extra_segment(std::uint32_t selector) {
    asm volatile("mov es, eax" : "+a"(selector));
    println("ES holds {:#x}", selector);
}

}  // namespace
// #endregion mistakes

// #region main
void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    if (load_table != nullptr) load_table();
    if (install_handlers != nullptr) install_handlers();

    println("before the breakpoint");
    asm volatile("int3");
    println("after it");
    divide(84, 2);
    divide(84, 0);
    load_extra_segment(0x28);
    println("the end");
    cpu::halt_forever();
}
// #endregion main
