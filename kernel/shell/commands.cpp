#include "shell/commands.hpp"

#include <array>
#include <format>

namespace pith::shell {
namespace {

constexpr std::array<Command, 7> all_commands{{
    {.name    = "memory",
     .usage   = "memory",
     .summary = "how much memory there is, and what has it",
     .accepts = {},
     .run     = commands::memory},
    {.name    = "frames",
     .usage   = "frames",
     .summary = "the firmware's memory map, what is reserved, and what is free",
     .accepts = {},
     .run     = commands::frames},
    {.name    = "pages",
     .usage   = "pages",
     .summary = "the kernel's address space, region by region",
     .accepts = {},
     .run     = commands::pages},
    {.name    = "heap",
     .usage   = "heap",
     .summary = "what is allocated, by size",
     .accepts = {},
     .run     = commands::heap},
    {.name    = "cpu",
     .usage   = "cpu",
     .summary = "which processor this is, and what it can do",
     .accepts = {},
     .run     = commands::cpu},
    {.name    = "acpi",
     .usage   = "acpi",
     .summary = "the tables in which firmware describes the machine",
     .accepts = {},
     .run     = commands::acpi},
    {.name    = "log",
     .usage   = "log [--level=debug|info|warning|error] [--source=WORD] [--since=NUMBER] [--last=COUNT]",
     .summary = "what happened so far",
     .accepts = {.options = {"level", "source", "since", "last"}},
     .run     = commands::log},
}};

constinit boot::Handoff const* the_handoff = nullptr;

}  // namespace

std::span<Command const> looking_commands() { return all_commands; }

Answer run(Command const& command, Arguments const& arguments) {
    return arguments.check(command.accepts)
        .and_then([&] { return command.run(arguments); })
        .transform_error(
            [&](std::string const& problem) { return std::format("{}. Usage: {}", problem, command.usage); });
}

void know_handoff(boot::Handoff const& handoff) { the_handoff = &handoff; }

boot::Handoff const& known_handoff() {
    require(the_handoff != nullptr, "a command asks what the loader told, and nobody said");
    return *the_handoff;
}

}  // namespace pith::shell
