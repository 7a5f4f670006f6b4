// What the kernel's command line wants done before anybody types: run="COMMAND; COMMAND", or run=COMMAND.
//
// Needs:     nothing.
// Promises:  whatever bytes the command line has: lines that are not empty, without blanks at their ends.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pith::shell {

std::vector<std::string> first_lines(std::string_view command_line);

}  // namespace pith::shell
