// The prompt: somebody types a line, the machine answers.
//
//   keys -> LineEditor -> Arguments -> Command -> Answer -> console, for people or as JSON
//
// All devices type into the same line, and all consoles show it. While a command waits for something, control
// and C cancels it; what is typed besides is kept for the next line.
//
// Needs:     commands, input (keys, line editor), tasks, log.
// Promises:  what the log has to say never tears a line that is being edited: it comes above it.
#pragma once

#include "input/line_editor.hpp"
#include "shell/commands.hpp"
#include "tasks/executor.hpp"
#include "tasks/stream.hpp"

#include <deque>

namespace pith::shell {

class Shell {
public:
    Shell();

    // Reads lines and does what they say, for ever.
    tasks::Task<> run();
    // Prints what the log has to say, for ever: beside `run`.
    tasks::Task<> print_log();

    // Does what the line says, as if it had been typed.
    tasks::Task<> execute(std::string line);

private:
    tasks::Task<std::optional<std::string>> read_line();
    tasks::Task<input::Key> next_key();
    tasks::Task<> read_until_cancelled();
    tasks::Task<std::optional<Answer>> answer_unless_cancelled(tasks::Task<Answer> answer);
    void keep(input::Key const& key);
    void send();

    tasks::Stream<input::Key> keys_;
    std::deque<input::Key> typed_ahead_;
    std::uint64_t lost_keys_ = 0;  // for which there was no room in it
    input::LineEditor editor_;
    std::string output_;  // what the editor wants the terminal to be sent
    bool is_editing_ = false;
};

// Starts the prompt on the kernel's executor. The commands that stand on the kernel's command line as
// `run="COMMAND; COMMAND"` come first. It never ends.
tasks::TaskHandle start(std::string_view command_line);

}  // namespace pith::shell
