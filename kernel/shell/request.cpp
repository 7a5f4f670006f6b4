#include "shell/request.hpp"

#include <algorithm>
#include <format>
#include <ranges>

namespace pith::shell {
namespace {

constexpr std::string_view json_option = "json";

// How many letters have to be put in, taken out or changed to make one word of the other.
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t column = 0; column <= other.size(); ++column) row[column] = column;
    for (std::size_t line = 1; line <= one.size(); ++line) {
        auto diagonal = std::exchange(row[0], line);
        for (std::size_t column = 1; column <= other.size(); ++column) {
            auto const changed = diagonal + (one[line - 1] == other[column - 1] ? 0U : 1U);
            diagonal           = row[column];
            row[column]        = std::min({changed, row[column] + 1, row[column - 1] + 1});
        }
    }
    return row.back();
}

std::string unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (auto const& command : all_commands()) names.push_back(command.name);
    auto const meant = nearest(name, names);
    if (meant.empty()) return std::format("there is no command '{}'; 'help' lists them", name);
    return std::format("there is no command '{}'; did you mean '{}'?", name, meant);
}

std::string_view trimmed(std::string_view text) {
    auto const first = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(first, text.find_last_not_of(' ') + 1 - first);
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

std::expected<Request, std::string> parse_request(std::string_view line) {
    auto arguments = Arguments::parse(line);
    if (!arguments) return std::unexpected{arguments.error()};
    auto const json = arguments->take(json_option);
    if (json && json->value) return std::unexpected{std::format("--{} has no value", json_option)};
    return Request{.arguments = *std::move(arguments), .form = json ? Form::json : Form::for_people};
}

tasks::Task<Answer> answer(Request request) {
    auto const* const command = find_command(request.arguments.command());
    if (command == nullptr) co_return std::unexpected{unknown(request.arguments.command())};
    co_return co_await run(*command, request.arguments);
}

std::vector<std::string> completions(std::string_view before_cursor) {
    std::vector<std::string> candidates;
    auto const line =
        before_cursor.substr(std::min(before_cursor.find_first_not_of(' '), before_cursor.size()));
    auto const blank = line.find(' ');
    if (blank == std::string_view::npos) {
        for (auto const& command : all_commands()) candidates.emplace_back(command.name);
    } else if (auto const* const command = find_command(line.substr(0, blank))) {
        candidates = words_for(*command);
    }
    auto const word = line.substr(line.find_last_of(' ') + 1);
    std::erase_if(candidates, [&](std::string const& candidate) { return !candidate.starts_with(word); });
    return candidates;
}

std::vector<std::string> lines_to_run(std::string_view command_line) {
    constexpr std::string_view key = "run=";
    auto const found               = command_line.starts_with(key) ? 0 : command_line.find(" run=");
    if (found == std::string_view::npos) return {};
    auto text          = command_line.substr(command_line.find('=', found) + 1);
    bool const is_long = text.starts_with('"');
    text               = is_long ? text.substr(1, text.find('"', 1) - 1) : text.substr(0, text.find(' '));
    std::vector<std::string> lines;
    for (auto const part : text | std::views::split(';')) {
        auto const line = trimmed(std::string_view{part});
        if (!line.empty()) lines.emplace_back(line);
    }
    return lines;
}

std::string_view nearest(std::string_view word, std::span<std::string_view const> words) {
    auto const far     = [&](std::string_view candidate) { return distance(word, candidate); };
    auto const closest = std::ranges::min_element(words, {}, far);
    if (closest == words.end() || far(*closest) > std::max(closest->size(), word.size()) / 3) return {};
    return *closest;
}

}  // namespace pith::shell
