// The commands that only look: what the kernel knows of memory, processor, tables and itself, as reports.
//
// Needs:     arguments, report; the layers that are asked.
// Promises:  nothing changes. A wrong argument is answered by a sentence that names the right usage.
#pragma once

#include "boot/handoff.hpp"
#include "shell/arguments.hpp"
#include "shell/report.hpp"

#include <span>

namespace pith::shell {

// The error is a sentence for people.
using Answer = std::expected<Report, std::string>;

struct Command {
    std::string_view name;
    std::string_view usage;    // with its arguments
    std::string_view summary;  // in a line
    Arguments::Accepted accepts;
    Answer (*run)(Arguments const& arguments);
};

// memory, frames, pages, heap, cpu, acpi, log.
std::span<Command const> looking_commands();

// Runs it with arguments that it accepts; what is wrong with them comes with the usage.
Answer run(Command const& command, Arguments const& arguments);

// What the loader told, for whoever is asked about it. It must live for ever; call it before any command
// runs.
void know_handoff(boot::Handoff const& handoff);
boot::Handoff const& known_handoff();

namespace commands {

Answer memory(Arguments const& arguments);
Answer frames(Arguments const& arguments);
Answer pages(Arguments const& arguments);
Answer heap(Arguments const& arguments);
Answer cpu(Arguments const& arguments);
Answer acpi(Arguments const& arguments);
Answer log(Arguments const& arguments);

}  // namespace commands

}  // namespace pith::shell
