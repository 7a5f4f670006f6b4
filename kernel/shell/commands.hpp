// The commands, and how each is run: a table, in which one more is one entry.
//
// Needs:     arguments, report, tasks; the layers that are asked.
// Promises:  a wrong argument is answered by a sentence that names the right usage.
#pragma once

#include "boot/handoff.hpp"
#include "shell/arguments.hpp"
#include "shell/report.hpp"
#include "tasks/task.hpp"

#include <ranges>
#include <span>

namespace pith::shell {

// #region command
// The error is a sentence for people.
using Answer = std::expected<Report, std::string>;

struct Command {
    // A command that waits for something is a task; the others answer at once.
    using AtOnce = Answer (*)(Arguments const& arguments);
    using Waits  = tasks::Task<Answer> (*)(Arguments arguments);

    std::string_view name;
    std::string_view usage;    // with its arguments
    std::string_view summary;  // in a line
    Arguments::Accepted accepts{};
    std::variant<AtOnce, Waits> run;
    std::vector<std::string> (*words)() = nullptr;  // what its first word may be, if that is known
};
// #endregion command

// In the order in which help lists them.
std::span<Command const> all_commands();
Command const* find_command(std::string_view name);  // null if there is none

// The names of commands, kinds, layouts, …
std::vector<std::string> names_of(auto const& named) {
    std::vector<std::string> names;
    names.reserve(std::ranges::size(named));
    for (auto const& one : named) names.emplace_back(one.name);
    return names;
}

// Runs it; what is wrong with its arguments comes with the usage.
tasks::Task<Answer> run(Command const& command, Arguments arguments);

// What the loader told, for whoever is asked about it. It must live for ever; call it before any command
// runs.
void know_handoff(boot::Handoff const& handoff);
boot::Handoff const& known_handoff();

namespace commands {

// What the kernel knows; nothing changes.
Answer memory(Arguments const& arguments);
Answer frames(Arguments const& arguments);
Answer pages(Arguments const& arguments);
Answer heap(Arguments const& arguments);
Answer cpu(Arguments const& arguments);
Answer acpi(Arguments const& arguments);
Answer log(Arguments const& arguments);
Answer clock(Arguments const& arguments);
Answer interrupts(Arguments const& arguments);
Answer tasks(Arguments const& arguments);
Answer help(Arguments const& arguments);

// What it is to do.
Answer fault(Arguments const& arguments);
pith::tasks::Task<Answer> test(Arguments arguments);
pith::tasks::Task<Answer> sleep(Arguments arguments);
Answer layout(Arguments const& arguments);
Answer clear(Arguments const& arguments);
Answer reboot(Arguments const& arguments);
Answer poweroff(Arguments const& arguments);

}  // namespace commands

}  // namespace pith::shell
