// Tests that run inside the kernel, each in a machine of its own.
//
// A test is a function with a name. It passes if no check fails and it returns or, where it names a panic,
// the kernel panics with that message. The command line says which one runs; whoever started the machine
// learns the outcome from the emulator's exit status and reads the rest on the serial line, where it also
// looks for what a test has to print.
//
//   constexpr Test tests[] = {
//       {"console.print_formats", [] { check_equal(1 + 1, 2); }},
//       {"console.panics", [] { panic("oh {}", "no"); }, "oh no"},
//   };
//
// Needs:     console.
#pragma once

#include "console/print.hpp"

#include <concepts>
#include <source_location>
#include <span>
#include <string_view>

namespace pith::testing {

// #region test
struct Test {
    std::string_view name;
    void (*run)();
    std::string_view expected_panic = {};  // part of what the panic says; empty: the test must return
    std::string_view expected_text  = {};  // then this is part of what it prints
};

using Suite = std::span<Test const>;
// #endregion test

// Does what the command line asks for, and ends the machine:
//   list       prints a line for each test: TEST name, outcome and expected text, separated by tabs
//   test=NAME  runs that test alone
//   otherwise  runs every test that must return, one after the other
// `after_each` is called when a test has returned, and may check something, too.
[[noreturn]] void
run(std::string_view command_line, std::span<Suite const> suites, void (*after_each)() = [] {});

// #region check
// Counts a failed check and says where. `check` and `check_equal` call it.
void report_failed_check(std::source_location where, std::string_view format, std::format_args arguments);

// The condition must hold. The test goes on if it does not, and has failed.
inline void check(bool condition, std::source_location where = std::source_location::current()) {
    if (!condition) report_failed_check(where, "the condition does not hold", std::make_format_args());
}

// Both must be equal; both are printed if they are not.
template <typename Actual, std::equality_comparable_with<Actual> Expected>
void check_equal(Actual const& actual, Expected const& expected,
                 std::source_location where = std::source_location::current()) {
    if (actual == expected) return;
    report_failed_check(where, "is {}, and should be {}", std::make_format_args(actual, expected));
}
// #endregion check

}  // namespace pith::testing
