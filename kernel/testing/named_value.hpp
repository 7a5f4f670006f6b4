// What a kernel with tests is told: words NAME=VALUE of its command line.
//
// Needs:     nothing.
#pragma once

#include <optional>
#include <ranges>
#include <string_view>

namespace pith::testing {

// #region value
// The value of NAME=VALUE in a command line of words, or nothing.
inline std::optional<std::string_view> value_of(std::string_view name, std::string_view command_line) {
    for (auto const part : command_line | std::views::split(' ')) {
        std::string_view const word{part};
        if (word.starts_with(name) && word.substr(name.size()).starts_with('='))
            return word.substr(name.size() + 1);
    }
    return std::nullopt;
}
// #endregion value

}  // namespace pith::testing
