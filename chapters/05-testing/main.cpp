// Chapter 5: testing. A kernel that checks itself, says what it found, and ends the machine.
#include "boot/handoff.hpp"
#include "console/panic.hpp"
#include "console/start.hpp"
#include "runtime/stack_protector.hpp"
#include "testing/test.hpp"

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

void addition_works() { check_equal(2 + 2, 4); }

void halves_are_halves() {
    check_equal(7 / 2, 3);
    check(7 % 2 == 1);
}

// A wrong test, to show what a failure looks like.
void thinks_that_six_times_nine_is_42() { check_equal(6 * 9, 42); }

// What must panic is run alone: test=sums.panics_on_purpose on the command line.
void panics_on_purpose() { console::panic("on purpose"); }

// Another wrong test: it must panic, and returns.
void forgets_to_panic() {}

// And one that panics as it must, after a check that failed.
void panics_after_a_mistake() {
    check_equal(6 * 9, 42);
    console::panic("on purpose");
}

constexpr testing::Test sums[] = {
    {"sums.addition_works", addition_works},
    {"sums.halves_are_halves", halves_are_halves},
    {"sums.thinks_that_six_times_nine_is_42", thinks_that_six_times_nine_is_42},
    {"sums.panics_on_purpose", panics_on_purpose, "on purpose"},
    {"sums.forgets_to_panic", forgets_to_panic, "never"},
    {"sums.panics_after_a_mistake", panics_after_a_mistake, "on purpose"},
};

constexpr testing::Suite suites[] = {sums};

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    auto const handoff = console::adopt_handoff(start);
    testing::run(handoff.command_line, suites);
}
