// What is to be tested: a function that finds a word NAME=VALUE in a command line, and returns its VALUE.
#pragma once

#include <optional>
#include <string_view>

// The rules:
//   - Words are separated by blanks, one or more.
//   - The word that is sought has NAME, all of it and no more, before its first "=".
//   - VALUE is all that follows up to the word's end. It may be empty, and may have "=" in it.
//   - If there are several such words, the first counts. If there is none, the answer is nothing.
using FindValue = std::optional<std::string_view> (*)(std::string_view name, std::string_view command_line);

// Whether `find` keeps the rules, as far as your tests can tell.
bool is_right(FindValue find);
