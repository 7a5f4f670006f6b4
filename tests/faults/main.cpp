// The kernel of the fault matrix: raises one kind of exception in one context, and says what came of it.
//
//   list                      names the kinds and contexts: KIND name vector nature, CONTEXT name
//   kind=KIND context=CONTEXT one cell
//   kind=all context=CONTEXT  `int n` for all n that come back from there, one after the other
//   storm=N                   until N NMIs have come from outside (storm.cpp)
//
// Of one cell it prints RAISE and what the registers hold. Before an exception that has to come from outside
// it prints INJECT and what. At the end a line CELL says for each exception that was returned from whether
// all registers were unchanged.
#include "boot/handoff.hpp"
#include "cell.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "contexts.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"
#include "storm.hpp"
#include "testing/emulator_exit.hpp"
#include "testing/named_value.hpp"

#include <algorithm>

using namespace pith;
using namespace pith::faults;
using testing::value_of;

namespace {

void list() {
    list_kinds();
    for (auto const& context : contexts()) console::println("CONTEXT {}", context.name);
    console::println("END");
}

// What install_default_handlers survives.
bool is_survived_by_default(unsigned vector) { return (1 <= vector && vector <= 4) || vector >= 32; }

bool run_all_vectors(Context const& context) {
    bool is_good = true;
    for (unsigned number = 0; number < exceptions::vector_count; ++number) {
        if (number == 8 || (context.is_default && !is_survived_by_default(number))) continue;
        auto const kind = int_kind(number);
        context.run(kind);
        is_good &= print_verdict(kind.name);
    }
    return is_good;
}

bool run_cell(std::string_view kind_name, std::string_view context_name) {
    auto const all     = contexts();
    auto const context = std::ranges::find(all, context_name, &Context::name);
    if (context == all.end()) console::panic("there is no context \"{}\"", context_name);
    if (kind_name == "all") return run_all_vectors(*context);
    auto const kind = find_kind(kind_name);
    if (!kind) console::panic("there is no kind \"{}\"", kind_name);
    tell_registers();
    context->run(*kind);
    return print_verdict(kind->name);
}

bool run(std::string_view command_line) {
    if (command_line.contains("list")) {
        list();
        return true;
    }
    if (auto const count = value_of("storm", command_line)) return run_storm(*count);
    return run_cell(value_of("kind", command_line).value_or(""),
                    value_of("context", command_line).value_or(""));
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    console::set_panic_epilogue([] { testing::exit_emulator(testing::Outcome::panicked); });
    auto const handoff = console::adopt_handoff(start);
    prepare_machine();
    testing::exit_emulator(run(handoff.command_line) ? testing::Outcome::passed : testing::Outcome::failed);
}
