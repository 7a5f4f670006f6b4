// Chapter 13's failure before the cure: chapter 12's layers, and a vector.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <numeric>
#include <vector>

using namespace pith;
using console::println;

namespace {

// #region sums
// As many numbers as the source says.
int sum_of_fixed() {
    std::array<int, 10> numbers{};
    std::iota(numbers.begin(), numbers.end(), 1);
    return std::accumulate(numbers.begin(), numbers.end(), 0);
}

// As many as somebody asks for.
[[gnu::noinline]] int sum_of(std::size_t count) {
    std::vector<int> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 1);
    return std::accumulate(numbers.begin(), numbers.end(), 0);
}
// #endregion sums

}  // namespace

// #region main
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);

    println("ten numbers: their sum is {}", sum_of_fixed());
    println("as many as the command line has letters: their sum is {}",
            sum_of(handoff.command_line.size() + 1));
    cpu::halt_forever();
}
// #endregion main
