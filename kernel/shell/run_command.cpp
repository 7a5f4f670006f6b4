// How a command is found, and run: what it may be given is looked at here, not in each of them.
#include "shell/commands.hpp"

#include <algorithm>
#include <format>
#include <memory>

namespace pith::shell {
namespace {

struct Runner {
    Arguments arguments;

    tasks::Task<Answer> operator()(Command::AtOnce run) const { co_return run(arguments); }
    tasks::Task<Answer> operator()(Command::Waits run) const { return run(arguments); }
};

}  // namespace

Command const* find_command(std::string_view name) {
    auto const commands = all_commands();
    auto const found    = std::ranges::find(commands, name, &Command::name);
    return found == commands.end() ? nullptr : std::to_address(found);
}

tasks::Task<Answer> run(Command const& command, Arguments arguments) {
    auto const with_usage = [&](std::string const& problem) {
        return std::unexpected{std::format("{}. Usage: {}", problem, command.usage)};
    };
    if (auto const fits = arguments.check(command.accepts); !fits) co_return with_usage(fits.error());
    auto answer = co_await std::visit(Runner{std::move(arguments)}, command.run);
    // What takes no arguments, and was given none, has another problem.
    if (!answer && !command.accepts.is_nothing()) co_return with_usage(answer.error());
    co_return answer;
}

}  // namespace pith::shell
