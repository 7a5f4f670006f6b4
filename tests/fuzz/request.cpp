// Fuzzes what is typed at the prompt, before a small table of commands: whatever a line has, it is answered, or one sentence
// says what is wrong with it. And what a word may become is what the table has.
#include "shell/request.hpp"
#include "base/printable.hpp"
#include "fake_commands.hpp"

#include <algorithm>
#include <cstdlib>

namespace pith::shell {

std::span<Command const> all_commands() { return testing::fake_commands; }

}  // namespace pith::shell

namespace {

using namespace pith;
using namespace pith::shell;

void demand(bool condition) {
    if (!condition) std::abort();
}

// What the shell shows of it is one line, and not much longer than what was typed.
void demand_sentence(std::string_view problem, std::string_view line) {
    demand(!problem.empty() && problem.size() < line.size() + 100);
    demand(!printable_text(problem).contains('\n'));
}

// A line is blank if the word that stands behind it is the command.
void demand_blank(std::string const& line) {
    auto const longer = Arguments::parse(line + " command");
    demand(is_blank(line) == (longer && longer->command() == "command" && longer->words().empty() &&
                              longer->options().empty()));
}

// JSON is wanted by an option of that name, and no command ever sees one.
void demand_form(std::string const& line) {
    auto const request = parse_request(line);
    auto words         = Arguments::parse(line);
    if (!words) {
        demand(!request.arguments && request.arguments.error() == words.error());
        return demand((request.form == Form::json) == line.contains("--json"));
    }
    auto const is_wanted = words->has("json");
    auto const option    = words->take("json");
    demand((request.form == Form::json) == is_wanted);
    demand(request.arguments.has_value() == (!is_wanted || (!option->value && !words->has("json"))));
    if (!request.arguments) return demand_sentence(request.arguments.error(), "");
    demand(request.arguments->command() == words->command() && request.arguments->words() == words->words() &&
           request.arguments->options() == words->options());
}

// Behind two dashes there are no options.
void demand_no_option(std::string const& line) {
    auto const plain = parse_request("echo -- " + line);
    demand(plain.arguments ? plain.form == Form::for_people : !Arguments::parse(line));
    demand(parse_request("echo --json -- " + line).form == Form::json);
}

void demand_answer(std::string const& line) {
    auto request         = parse_request(line);
    auto const* const of = request.arguments ? find_command(request.arguments->command()) : nullptr;
    auto const arguments = request.arguments;
    auto const answer    = testing::result_of(shell::answer(std::move(request)));
    if (!answer) return demand_sentence(answer.error(), line);
    demand(of != nullptr && arguments->check(of->accepts));
}

// What stands before the last word says what there is; the word, which of that. And nothing of it would be refused.
void demand_completions(std::string const& line) {
    auto const start = line.find_last_of(' ') + 1;
    auto const head  = line.substr(0, start);
    auto wanted      = completions(head);
    std::erase_if(wanted, [word = line.substr(start)](auto const& one) { return !one.starts_with(word); });
    auto const found = completions(line);
    demand(found == wanted);
    auto const name = head.substr(std::min(head.find_first_not_of(' '), start));
    for (auto const& candidate : found) {
        auto const request = parse_request(name.substr(0, name.find(' ')) + ' ' + candidate);
        demand(request.arguments.has_value());
        auto const* const command = find_command(request.arguments->command());
        demand(command != nullptr && request.arguments->check(command->accepts));
        demand(std::ranges::contains(completions(head + candidate), candidate));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
    std::string const line{reinterpret_cast<char const*>(data), size};
    demand_blank(line);
    demand_form(line);
    demand_no_option(line);
    demand_answer(line);
    demand_completions(line);
    return 0;
}
