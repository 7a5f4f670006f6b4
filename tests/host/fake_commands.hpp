// A small table of commands, in the place of the machine's (kernel/shell/commands.cpp). Whoever uses it gives it:
//
//   std::span<Command const> all_commands() { return testing::fake_commands; }
#pragma once

#include "shell/commands.hpp"
#include "tasks/executor.hpp"

#include <array>

namespace pith::testing {

// Its words, one a row.
inline shell::Answer echo(shell::Arguments const& arguments) {
    shell::Table words{"words", "", {{"word", "word"}}};
    for (auto const& word : arguments.words()) words.add(word);
    return shell::Report{std::move(words)};
}

// A command of the kind that may wait. It takes no number but a decimal one.
inline tasks::Task<shell::Answer> wait(shell::Arguments arguments) {
    auto const rounds = arguments.number("rounds");
    if (!rounds) co_return std::unexpected{rounds.error()};
    co_return shell::Report{shell::Record{"wait", ""}.add("rounds", "rounds", rounds->value_or(1))};
}

inline constexpr std::array<shell::Command, 4> fake_commands{{
    {.name    = "echo",
     .usage   = "echo [WORD] [--loud] [--level=WORD]",
     .summary = "its words",
     .accepts = {.most_words = 1, .options = {"loud", "level="}},
     .run     = echo,
     .words   = [] { return std::vector<std::string>{"one", "once", "two"}; }},
    {.name    = "wait",
     .usage   = "wait [--rounds=NUMBER]",
     .summary = "what may wait",
     .accepts = {.options = {"rounds="}},
     .run     = wait},
    {.name = "water", .usage = "water", .summary = "it takes nothing", .run = echo},
    {.name    = "fail",
     .usage   = "fail",
     .summary = "it never works",
     .run     = [](shell::Arguments const&) -> shell::Answer { return std::unexpected{"it failed"}; }},
}};

// What a task gives that waits for nobody.
inline shell::Answer result_of(tasks::Task<shell::Answer> task) {
    tasks::Executor executor;
    std::optional<shell::Answer> result;
    executor.spawn("asking", [](tasks::Task<shell::Answer> asked, auto& to) -> tasks::Task<> {
        to.emplace(co_await std::move(asked));
    }(std::move(task), result));
    while (executor.run_next()) {
    }
    require(result.has_value(), "a command waits, and nobody will ever wake it");
    return *std::move(result);
}

}  // namespace pith::testing
