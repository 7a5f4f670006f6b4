// test: the system tries itself.
#include "shell/commands.hpp"
#include "shell/self_tests.hpp"
#include "time/clock.hpp"

#include <format>

namespace pith::shell::commands {

pith::tasks::Task<Answer> test(Arguments arguments) {
    auto const wanted = arguments.words().empty() ? std::string{} : arguments.words().front();
    Table table{
        "tests", "Tests", {{"name", "name"}, {"passed", "passed"}, {"took", "took"}, {"problem", "problem"}}};
    unsigned passed = 0, failed = 0;
    for (auto const& test : self_tests()) {
        if (!wanted.empty() && test.name != wanted) continue;
        auto const begin   = time::Clock::now();
        auto const outcome = co_await test.run();
        ++(outcome ? passed : failed);
        table.add(test.name, outcome.has_value(), time::Clock::now() - begin,
                  outcome ? Value{} : Value{outcome.error()});
    }
    if (passed + failed == 0) co_return std::unexpected{std::format("there is no test '{}'", wanted)};
    co_return Report{std::move(table),
                     Record{"sum", ""}.add("passed", "passed", passed).add("failed", "failed", failed)};
}

}  // namespace pith::shell::commands
