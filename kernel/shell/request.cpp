#include "shell/request.hpp"

#include "shell/nearest.hpp"

#include <algorithm>
#include <format>

namespace pith::shell {
namespace {

constexpr std::string_view json_option = "json";

std::string unknown(std::string_view name) {
    auto const names = names_of(all_commands());
    auto const meant = nearest(name, names);
    if (meant.empty()) return std::format("there is no command '{}'; 'help' lists them", name);
    return std::format("there is no command '{}'; did you mean '{}'?", name, meant);
}

// What may stand behind a command's name.
std::vector<std::string> words_for(Command const& command) {
    std::vector<std::string> words;
    if (command.words != nullptr) words = command.words();
    for (auto const option : command.accepts.options) {
        if (!option.empty()) words.push_back(std::format("--{}", option));
    }
    words.push_back(std::format("--{}", json_option));
    return words;
}

}  // namespace

bool is_blank(std::string_view line) {
    return std::ranges::all_of(line, [](char character) { return character == ' ' || character == '\t'; });
}

Request parse_request(std::string_view line) {
    auto arguments = Arguments::parse(line);
    // A tool that got its quotes wrong wants JSON all the same.
    if (!arguments) return {std::move(arguments), line.contains("--json") ? Form::json : Form::for_people};
    auto const json = arguments->take(json_option);
    auto const form = json ? Form::json : Form::for_people;
    if (json && json->value) return {std::unexpected{"the option --json has no value"}, form};
    if (arguments->has(json_option)) return {std::unexpected{"the option --json is there twice"}, form};
    return {std::move(arguments), form};
}

tasks::Task<Answer> answer(Request request) {
    if (!request.arguments) co_return std::unexpected{request.arguments.error()};
    auto const* const command = find_command(request.arguments->command());
    if (command == nullptr) co_return std::unexpected{unknown(request.arguments->command())};
    co_return co_await run(*command, *request.arguments);
}

std::vector<std::string> completions(std::string_view before_cursor) {
    std::vector<std::string> candidates;
    auto const line =
        before_cursor.substr(std::min(before_cursor.find_first_not_of(' '), before_cursor.size()));
    auto const blank = line.find(' ');
    if (blank == std::string_view::npos) {
        candidates = names_of(all_commands());
    } else if (auto const* const command = find_command(line.substr(0, blank))) {
        candidates = words_for(*command);
    }
    auto const word = line.substr(line.find_last_of(' ') + 1);
    std::erase_if(candidates, [&](std::string const& candidate) { return !candidate.starts_with(word); });
    return candidates;
}

}  // namespace pith::shell
