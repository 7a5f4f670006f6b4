// The kernel that holds the tests which need a machine. The command line says which one runs.
#include "boot/placement.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "exceptions/start.hpp"
#include "heap/checked/start.hpp"
#include "runtime/stack_protector.hpp"
#include "suites.hpp"

#if __has_feature(address_sanitizer)
#include "sins.hpp"
#endif

using namespace pith;

namespace {

constinit boot::Handoff const* current = nullptr;

}  // namespace

boot::Handoff const& tests::handoff() { return *current; }

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    current            = &handoff;
    console::println("kaslr={},{}", boot::places().image, boot::places().direct_map);

    testing::Suite const suites[] = {tests::boot_suite,
                                     tests::runtime_suite,
                                     tests::cpu_suite,
                                     tests::console_suite,
                                     tests::log_suite,
                                     tests::exceptions_suite,
                                     tests::call_check_suite,
                                     tests::traps_suite,
                                     tests::entries_suite,
                                     tests::machine_checks_suite,
                                     tests::frames_suite,
                                     tests::paging_suite,
                                     tests::kernel_map_suite,
                                     tests::audit_suite,
                                     tests::heap_suite,
                                     tests::checked_heap_suite,
                                     tests::address_sanitizer_suite,
                                     tests::acpi_suite,
                                     tests::interrupts_suite,
                                     tests::time_suite,
                                     tests::storm_suite,
                                     tests::tasks_suite,
                                     tests::input_suite,
#if __has_feature(address_sanitizer)  // tests/sanitized
                                     tests::sins_suite,
#endif
                                     tests::shell_suite,
                                     tests::sealed_suite,
                                     tests::user_pages_suite};
    testing::run(handoff.command_line, suites, heap::check_all_blocks);
}
