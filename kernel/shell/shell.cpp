#include "shell/shell.hpp"

#include "console/ansi.hpp"
#include "console/print.hpp"
#include "input/start.hpp"
#include "log/log.hpp"
#include "shell/first_lines.hpp"
#include "shell/request.hpp"
#include "tasks/start.hpp"
#include "tasks/when.hpp"

namespace pith::shell {
namespace {

using input::Key;
using input::LineEditor;
using tasks::Task;

constexpr Key control_c{U'c', {.control = true}};

// At 115200 baud a serial line takes 11 ms for it: nobody presses 16 keys in that time, as many as a keyboard
// keeps. Larger pieces cost less, for a screen is drawn once for each.
constexpr std::size_t longest_piece = 128;
// Enough for whoever types ahead, and for what is pasted.
constexpr std::size_t most_typed_ahead = 16'384;

[[clang::no_destroy]] constinit tasks::Signal log_has_grown;

std::string prompt() { return std::format("{}pith>{} ", console::ansi::bold_green, console::ansi::reset); }

// #region pieces
// In pieces: while one is printed interrupts are off, and a serial line is slow. (No line of the log comes in
// between: that is printed by a task, which waits.)
void print_text(std::string_view text) {
    while (!text.empty()) {
        auto const piece = text.substr(0, longest_piece);
        console::the_console.with([piece](console::Console& console) { console.write(piece); });
        text.remove_prefix(piece.size());
    }
}
// #endregion pieces

std::string error_as_json(std::string_view problem) {
    std::string text = "{\"error\": ";
    append_json_string(problem, text);
    return text + "}";
}

std::string text_of(Answer const& answer, Form form) {
    if (answer) return form == Form::json ? answer->json() + "\n" : answer->for_people();
    if (form == Form::json) return error_as_json(answer.error()) + "\n";
    return std::format("{}{}{}\n", console::ansi::red, printable_text(answer.error()), console::ansi::reset);
}

}  // namespace

Shell::Shell() : keys_{input::keys()}, editor_{{.complete = completions}} {}

Task<> Shell::run() {
    while (true) {
        if (auto const line = co_await read_line()) co_await execute(*line);
    }
}

// #region log
Task<> Shell::print_log() {
    while (true) {
        co_await log_has_grown;
        if (is_editing_) editor_.hide(std::back_inserter(output_));
        send();
        log::print_new();
        if (is_editing_) editor_.show(std::back_inserter(output_));
        send();
    }
}
// #endregion log

// #region execute
Task<> Shell::execute(std::string line) {
    auto request = parse_request(line);
    if (is_blank(line)) co_return;
    auto const form   = request.form;
    auto const answer = co_await answer_unless_cancelled(shell::answer(std::move(request)));
    if (answer) print_text(text_of(*answer, form));
}

// Nothing if it was cancelled.
Task<std::optional<Answer>> Shell::answer_unless_cancelled(Task<Answer> answer) {
    auto first = co_await tasks::when_any(std::move(answer), read_until_cancelled());
    if (first.index() == 0) co_return std::get<0>(std::move(first));
    console::println("^C");
    co_return std::nullopt;
}
// #endregion execute

Task<> Shell::read_until_cancelled() {
    while (true) {
        auto const key = co_await keys_.next();
        if (*key == control_c) co_return;
        keep(*key);
    }
}

void Shell::keep(Key const& key) {
    if (typed_ahead_.size() < most_typed_ahead) return typed_ahead_.push_back(key);
    if (lost_keys_++ == 0) log::warning("prompt", "so much was typed ahead that keys are lost");
}

// ---- The line --------------------------------------------------------------------------------------------

// #region line
// Nothing if it was given up.
Task<std::optional<std::string>> Shell::read_line() {
    editor_.begin(prompt(), std::back_inserter(output_));
    send();
    is_editing_  = true;
    auto outcome = LineEditor::Outcome::editing;
    while (outcome == LineEditor::Outcome::editing) {
        outcome = editor_.feed(co_await next_key(), std::back_inserter(output_));
        send();
    }
    is_editing_ = false;
    if (outcome == LineEditor::Outcome::ended) console::println("'poweroff' switches the machine off.");
    if (outcome != LineEditor::Outcome::entered) co_return std::nullopt;
    co_return editor_.text();
}
// #endregion line

Task<Key> Shell::next_key() {
    if (typed_ahead_.empty()) co_return *co_await keys_.next();
    auto const key = typed_ahead_.front();
    typed_ahead_.pop_front();
    if (auto const lost = std::exchange(lost_keys_, 0); lost != 0)
        log::warning("prompt", "{} keys were lost", lost);
    co_return key;
}

void Shell::send() {
    print_text(output_);
    output_.clear();
}

// ---- Starting --------------------------------------------------------------------------------------------

namespace {

Task<> run_prompt(Shell& shell, std::vector<std::string> lines) {
    for (auto const& line : lines) co_await shell.execute(line);
    co_await shell.run();
}

}  // namespace

tasks::TaskHandle start(std::string_view command_line) {
    [[clang::no_destroy]] static Shell shell;
    // (If it interrupted the lists of who waits, it is printed with what comes next.)
    log::set_announcer([] { static_cast<void>(log_has_grown.try_raise()); });
    tasks::spawn("log", shell.print_log());
    return tasks::spawn("prompt", run_prompt(shell, first_lines(command_line)));
}

}  // namespace pith::shell
