#include "shell/commands.hpp"

#include "input/layout.hpp"
#include "shell/faults.hpp"
#include "shell/self_tests.hpp"

#include <array>
#include <format>

namespace pith::shell {
namespace {

constexpr Arguments::Accepted one_word{.most_words = 1};

constexpr std::array<Command, 18> table{{
    {.name    = "help",
     .usage   = "help [COMMAND]",
     .summary = "this list, or how a command is used",
     .accepts = one_word,
     .run     = commands::help,
     .words   = [] { return names_of(all_commands()); }},
    {.name    = "memory",
     .usage   = "memory",
     .summary = "how much memory there is, and what has it",
     .run     = commands::memory},
    {.name    = "frames",
     .usage   = "frames",
     .summary = "the firmware's memory map, what is reserved, and what is free",
     .run     = commands::frames},
    {.name    = "pages",
     .usage   = "pages",
     .summary = "the kernel's address space, region by region",
     .run     = commands::pages},
    {.name = "heap", .usage = "heap", .summary = "what is allocated, by size", .run = commands::heap},
    {.name    = "cpu",
     .usage   = "cpu",
     .summary = "which processor this is, and what it can do",
     .run     = commands::cpu},
    {.name    = "acpi",
     .usage   = "acpi",
     .summary = "the tables in which firmware describes the machine",
     .run     = commands::acpi},
    {.name    = "interrupts",
     .usage   = "interrupts",
     .summary = "which interrupts there are, and how often they came",
     .run     = commands::interrupts},
    {.name    = "clock",
     .usage   = "clock",
     .summary = "what time it is, and how that is known",
     .run     = commands::clock},
    {.name = "tasks", .usage = "tasks", .summary = "what runs, and what waits", .run = commands::tasks},
    {.name    = "log",
     .usage   = "log [--level=debug|info|warning|error] [--source=WORD] [--since=NUMBER] [--last=COUNT]",
     .summary = "what happened so far",
     .accepts = {.options = {"level=", "source=", "since=", "last="}},
     .run     = commands::log},
    {.name    = "fault",
     .usage   = "fault [KIND [--panic]]",
     .summary = "raise an exception, and see it explained",
     .accepts = {.most_words = 1, .options = {"panic"}},
     .run     = commands::fault,
     .words   = [] { return names_of(fault_kinds()); }},
    {.name    = "test",
     .usage   = "test [NAME]",
     .summary = "let the system try itself",
     .accepts = one_word,
     .run     = commands::test,
     .words   = [] { return names_of(self_tests()); }},
    {.name    = "sleep",
     .usage   = "sleep DURATION",
     .summary = "wait: '2', '1.5s', '20ms'",
     .accepts = one_word,
     .run     = commands::sleep},
    {.name    = "layout",
     .usage   = "layout [NAME]",
     .summary = "which keyboard this is",
     .accepts = one_word,
     .run     = commands::layout,
     .words   = [] { return names_of(input::layouts()); }},
    {.name = "clear", .usage = "clear", .summary = "empty the screen", .run = commands::clear},
    {.name = "reboot", .usage = "reboot", .summary = "start the machine anew", .run = commands::reboot},
    {.name = "poweroff", .usage = "poweroff", .summary = "switch the machine off", .run = commands::poweroff},
}};

constinit boot::Handoff const* the_handoff = nullptr;

}  // namespace

std::span<Command const> all_commands() { return table; }

void know_handoff(boot::Handoff const& handoff) { the_handoff = &handoff; }

boot::Handoff const& known_handoff() {
    require(the_handoff != nullptr, "a command asks what the loader told, and nobody said");
    return *the_handoff;
}

namespace commands {
namespace {

Report usage_of(Command const& command) {
    return Report{Record{"command", ""}
                      .add("name", "command", command.name)
                      .add("usage", "usage", command.usage)
                      .add("summary", "what it does", command.summary)};
}

}  // namespace

Answer help(Arguments const& arguments) {
    if (!arguments.words().empty()) {
        auto const* const command = find_command(arguments.words().front());
        if (command == nullptr)
            return std::unexpected{std::format("there is no command '{}'", arguments.words().front())};
        return usage_of(*command);
    }
    Table list{"commands", "", {{"name", "command"}, {"summary", "what it does"}}};
    for (auto const& command : table) list.add(command.name, command.summary);
    return Report{
        std::move(list),
        Note{"Behind a command --json gives its answer to a program. Arrows bring back older lines,\n"
             "the tabulator completes a word, and control and C gives up what takes too long."}};
}

}  // namespace commands

}  // namespace pith::shell
