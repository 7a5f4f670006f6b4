#include "shell/first_lines.hpp"

#include <algorithm>
#include <ranges>

namespace pith::shell {
namespace {

std::string_view trimmed(std::string_view text) {
    auto const first = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// What stands behind run=; empty if there is none.
std::string_view text_of(std::string_view command_line) {
    constexpr std::string_view key = "run=", later_key = " run=";
    if (command_line.starts_with(key)) return command_line.substr(key.size());
    auto const found = command_line.find(later_key);
    return found == std::string_view::npos ? std::string_view{}
                                           : command_line.substr(found + later_key.size());
}

}  // namespace

std::vector<std::string> first_lines(std::string_view command_line) {
    auto text          = text_of(command_line);
    bool const is_long = text.starts_with('"');
    if (is_long) text.remove_prefix(1);
    text = text.substr(0, text.find(is_long ? '"' : ' '));
    std::vector<std::string> lines;
    for (auto const part : text | std::views::split(';')) {
        auto const line = trimmed(std::string_view{part});
        if (!line.empty()) lines.emplace_back(line);
    }
    return lines;
}

}  // namespace pith::shell
