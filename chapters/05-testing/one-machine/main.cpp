// Tests as one writes them first: one after the other in one machine, and who is wrong panics.
//
// With a test's name on the command line that one runs alone.
#include "boot/handoff.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "runtime/stack_protector.hpp"

#include <string_view>

using namespace pith;

namespace {

// #region tests
constinit unsigned penguins = 0;

void one_arrives() {
    ++penguins;
    if (penguins != 1) console::panic("{} penguins, and one has arrived", penguins);
}

void all_begins_empty() {
    if (penguins != 0) console::panic("{} penguins at the beginning", penguins);
}

void six_times_nine_is_42() {
    if (6 * 9 != 42) console::panic("six times nine is {}", 6 * 9);
}

struct Test {
    std::string_view name;
    void (*run)();
};

constexpr Test tests[] = {
    {"one_arrives", one_arrives},
    {"all_begins_empty", all_begins_empty},
    {"six_times_nine_is_42", six_times_nine_is_42},
};
// #endregion tests

}  // namespace

// #region run
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    auto const wanted = console::adopt_handoff(start).command_line;
    for (auto const& test : tests) {
        if (!wanted.empty() && wanted != test.name) continue;
        console::print("test {} ... ", test.name);
        test.run();
        console::println("ok");
    }
    console::println("all tests passed");
    cpu::halt_forever();
}
// #endregion run
