// A line that was typed, as a request: which command, with what, and in which form the answer is wanted.
//
//   memory             for people
//   memory --json      one line of JSON, for tools
//
// Needs:     commands, tasks.
// Promises:  whatever a line has: a request, or a sentence that says what is wrong with it.
#pragma once

#include "shell/commands.hpp"
#include "tasks/task.hpp"

namespace pith::shell {

enum class Form : std::uint8_t { for_people, json };

struct Request {
    std::expected<Arguments, std::string> arguments;  // or what is wrong with the line
    Form form;
};

// Nothing was typed, or blanks. (An empty word in quotes is something: it is answered.)
bool is_blank(std::string_view line);

Request parse_request(std::string_view line);

// What the command answers. A line that is wrong is an error, and so is a command that does not exist, and
// arguments that it does not take.
tasks::Task<Answer> answer(Request request);

// All that the last word of this text may become.
std::vector<std::string> completions(std::string_view before_cursor);

}  // namespace pith::shell
