#include "shell/first_lines.hpp"

#include <algorithm>
#include <ranges>

namespace pith::shell {
namespace {

std::string_view trimmed(std::string_view text) {
    auto const first = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// What stands behind run=, up to its end; empty if there is none. With blanks in it, it has quotes: behind
// the key as people type it, or before it, as GRUB hands it over.
std::string_view text_of(std::string_view command_line) {
    constexpr std::string_view key = "run=";
    for (auto at = command_line.find(key); at != std::string_view::npos;
         at      = command_line.find(key, at + 1)) {
        auto const before = at == 0 ? ' ' : command_line[at - 1];
        if (before != ' ' && before != '"') continue;
        auto text            = command_line.substr(at + key.size());
        bool const is_quoted = text.starts_with('"');
        if (is_quoted) text.remove_prefix(1);
        return text.substr(0, text.find(is_quoted || before == '"' ? '"' : ' '));
    }
    return {};
}

}  // namespace

std::vector<std::string> first_lines(std::string_view command_line) {
    std::vector<std::string> lines;
    for (auto const part : text_of(command_line) | std::views::split(';')) {
        auto const line = trimmed(std::string_view{part});
        if (!line.empty()) lines.emplace_back(line);
    }
    return lines;
}

}  // namespace pith::shell
