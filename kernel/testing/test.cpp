#include "testing/test.hpp"

#include "console/panic.hpp"
#include "testing/emulator_exit.hpp"
#include "testing/named_value.hpp"

namespace pith::testing {
namespace {

using console::print;
using console::println;

constinit unsigned failed_checks    = 0;
constinit void (*after_each_test)() = nullptr;

// #region list
void list(std::span<Suite const> suites) {
    unsigned count = 0;
    for (auto const suite : suites) {
        for (auto const& test : suite) {
            bool const must_return = test.expected_panic.empty();
            println("TEST {}\t{}\t{}", test.name, must_return ? "passes" : "panics",
                    must_return ? test.expected_text : test.expected_panic);
            ++count;
        }
    }
    println("END {}", count);
}
// #endregion list

// #region returning
// Runs a test that must return. True if no check failed.
bool run_returning(Test const& test) {
    failed_checks = 0;
    print("test {} ... ", test.name);
    test.run();
    after_each_test();
    println("{}", failed_checks == 0 ? "ok" : "FAILED");
    return failed_checks == 0;
}
// #endregion returning

// #region all
Outcome run_all(std::span<Suite const> suites) {
    unsigned passed = 0, failed = 0;
    for (auto const suite : suites) {
        for (auto const& test : suite) {
            if (test.expected_panic.empty()) ++(run_returning(test) ? passed : failed);
        }
    }
    println("{} passed, {} failed", passed, failed);
    return failed == 0 ? Outcome::passed : Outcome::failed;
}
// #endregion all

// #region alone
Outcome run_alone(Test const& test) {
    auto const is_good = run_returning(test);
    if (test.expected_panic.empty()) return is_good ? Outcome::passed : Outcome::failed;
    println("FAILED: it returned, and should have panicked with \"{}\"", test.expected_panic);
    return Outcome::failed;
}
// #endregion alone

// #region named
Outcome run_named(std::string_view name, std::span<Suite const> suites) {
    for (auto const suite : suites) {
        for (auto const& test : suite) {
            if (test.name == name) return run_alone(test);
        }
    }
    println("FAILED: there is no test \"{}\"", name);
    return Outcome::failed;
}
// #endregion named

}  // namespace

// #region run
void run(std::string_view command_line, std::span<Suite const> suites, void (*after_each)()) {
    after_each_test = after_each;
    console::set_panic_epilogue(
        [] { exit_emulator(failed_checks == 0 ? Outcome::panicked : Outcome::failed); });
    if (auto const name = value_of("test", command_line)) exit_emulator(run_named(*name, suites));
    if (command_line != "list") exit_emulator(run_all(suites));
    list(suites);
    exit_emulator(Outcome::passed);
}
// #endregion run

// #region failed
void report_failed_check(std::source_location where, std::string_view format, std::format_args arguments) {
    ++failed_checks;
    print("\n  {}:{}: ", where.file_name(), where.line());
    console::print_formatted(format, arguments, "\n");
}
// #endregion failed

}  // namespace pith::testing
