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
    Arguments arguments;
    Form form;
};

std::expected<Request, std::string> parse_request(std::string_view line);

// What the command answers. One that does not exist is an error, and so are arguments that it does not take.
tasks::Task<Answer> answer(Request request);

// All that the last word of this text may become.
std::vector<std::string> completions(std::string_view before_cursor);

}  // namespace pith::shell
