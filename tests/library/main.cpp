// The kernel that holds the tests of the C++ library. The command line says which one runs.
#include "console/start.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "heap/checked/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"
#include "suites.hpp"

#include <new>

using namespace pith;

namespace {

// A test leaves nothing behind, and wrote nothing where it must not.
void check_heap() {
    heap::check_all_blocks();
    auto const left = heap::the_checked_heap.with([](auto& heap) { return heap.in_use().blocks; });
    if (left != 0) heap::print_leaks();
    testing::check_equal(left, 0U);
}

// For the test of that (CMakeLists.txt): as if the test that runs had left a block.
[[gnu::noinline]] void leave_a_block() { static_cast<void>(::operator new(300)); }

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);

    if (handoff.command_line.ends_with(" and-leave-a-block")) leave_a_block();

    testing::Suite const suites[] = {tests::containers_suite, tests::strings_suite,  tests::memory_suite,
                                     tests::utilities_suite,  tests::language_suite, tests::ranges_suite,
                                     tests::numbers_suite,    tests::c_suite};
    testing::run(handoff.command_line, suites, check_heap);
}
