// Chapter 12: the kernel's own map. Each thing gets the rights that it needs, and no others.
//
// Under the boot map the kernel can overwrite its own code. Then it builds a map of its own, jumps into it,
// and cannot. A walk over all tables proves that nothing is writable and executable. In the end the stack
// overflow of chapter 9 meets a page that is really not there. With `naive` on the command line a wrong
// pointer overwrites a function, under the boot map; with `caught` it does so under the kernel's own.
#include "boot/image.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "cpu/hidden.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/audit.hpp"
#include "paging/kernel_map.hpp"
#include "paging/regions.hpp"
#include "paging/seal.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

// #region attempts
constinit std::uint64_t const constant = 1;
constinit std::uint64_t variable       = 1;

// Writes what stands there anyway: nothing is damaged if it works.
void try_to_write(std::string_view what, VirtAddr address) {
    auto const value   = cpu::try_read<std::uint64_t>(address);
    bool const written = value && cpu::try_write<std::uint64_t>(address, *value);
    println("  {:14} {}", what, written ? "can be written" : value ? "can be read only" : "is not there");
}

void try_everything() {
    try_to_write("code", boot::image_parts().text);
    try_to_write("a constant", VirtAddr{&constant});
    try_to_write("a variable", VirtAddr{&variable});
    try_to_write("address 0", VirtAddr{std::uint64_t{0}});
}
// #endregion attempts

// #region naive
[[gnu::noinline]] std::uint64_t twice(std::uint64_t number) { return 2 * number; }

// What has been computed is kept; -1 says "not known yet". Here is the mistake: the address is not that of
// the results, but that of the function which computes them.
[[gnu::noinline]] void forget_results(VirtAddr results) {
    // SAFETY: because a mistake is what we want to see.
    *reinterpret_cast<std::uint64_t volatile*>(results.value()) = ~std::uint64_t{0};
}

[[gnu::noinline]] void make_the_mistake() {
    println("forgetting all results ...");
    forget_results(VirtAddr{reinterpret_cast<void const*>(&twice)});
    println("done. Twice 21 is ...");
    println("{}", twice(cpu::hidden(std::uint64_t{21})));
}
// #endregion naive

[[gnu::noinline]] std::uint64_t recurse(std::uint64_t depth) {
    if (depth == 1'000'000) return depth;
    std::array<std::uint64_t, 16> numbers{};
    numbers[depth % 16] = depth;
    asm volatile("" : : "r"(numbers.data()) : "memory");
    return recurse(depth + 1) + numbers[depth % 16];
}

}  // namespace

// #region kernel
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);

    if (handoff.command_line.contains("naive")) make_the_mistake();
    println("Under the boot map:");
    try_everything();

    println("\nThe kernel moves into its own map.");
    paging::start(handoff);
    paging::seal();
    paging::audit_kernel();
    if (handoff.command_line.contains("caught")) make_the_mistake();
    println("\nUnder its own map:");
    try_everything();
    println("");
    paging::print_pages();

    println("\noverflowing the stack ...");
    println("{}", recurse(1));
    cpu::halt_forever();
}
// #endregion kernel
