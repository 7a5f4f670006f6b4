#include "shell/nearest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace pith::shell {
namespace {

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

}  // namespace

std::string_view nearest(std::string_view word, std::span<std::string const> words) {
    auto const far     = [&](std::string_view candidate) { return distance(word, candidate); };
    auto const closest = std::ranges::min_element(words, {}, far);
    if (closest == words.end() || far(*closest) > std::max(closest->size(), word.size()) / 3) return {};
    return *closest;
}

}  // namespace pith::shell
