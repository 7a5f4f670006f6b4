// The kernel that holds the tests of the heap without its checking mode. The command line says which one
// runs.
#include "console/start.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "heap/start.hpp"
#include "heap_in_use.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"
#include "suites.hpp"

#include <new>

using namespace pith;

namespace {

constinit boot::Handoff const* current = nullptr;

void statistics_are_printed() {
    frames::start(*current);
    paging::start(*current);
    auto const aligned = std::align_val_t{128};
    void* const blocks[]{::operator new(100, aligned), ::operator new(128, aligned)};
    auto* const large = ::operator new(100'000);
    ::operator delete(::operator new(1'000'000));
    heap::print_statistics();
    for (auto* const block : blocks) ::operator delete(block, aligned);
    ::operator delete(large);
}

constexpr testing::Test tests_of_statistics[] = {
    {.name          = "heap.statistics_are_printed",
     .run           = statistics_are_printed,
     .expected_text = "128              2      1  aligned"},
};

}  // namespace

boot::Handoff const& tests::handoff() { return *current; }

std::size_t tests::heap_bytes_in_use() {
    return heap::the_heap.with([](auto& heap) { return heap.statistics().used_bytes; });
}

constinit std::size_t const tests::tenths_in_small_blocks = 9, tests::tenths_in_one_block = 5;

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    current            = &handoff;

    testing::Suite const suites[] = {tests::heap_suite, tests_of_statistics, tests::clearing_suite};
    testing::run(handoff.command_line, suites);
}
