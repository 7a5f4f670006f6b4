// The kernel that holds the tests of the heap without its checking mode. The command line says which one
// runs.
#include "console/start.hpp"
#include "exceptions/start.hpp"
#include "heap/start.hpp"
#include "heap_in_use.hpp"
#include "runtime/stack_protector.hpp"
#include "suites.hpp"

using namespace pith;

namespace {

constinit boot::Handoff const* current = nullptr;

}  // namespace

boot::Handoff const& tests::handoff() { return *current; }

std::size_t tests::heap_bytes_in_use() {
    return heap::the_heap.with([](auto& heap) { return heap.statistics().used_bytes; });
}

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    current            = &handoff;

    testing::Suite const suites[] = {tests::heap_suite};
    testing::run(handoff.command_line, suites);
}
