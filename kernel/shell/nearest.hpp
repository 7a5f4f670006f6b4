// Which word was meant: for whoever has mistyped a command.
//
// Needs:     nothing.
// Reference: V. Levenshtein, "Binary Codes Capable of Correcting Deletions, Insertions, and Reversals".
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pith::shell {

// The one of `words` that differs least, if that is by one letter in three at most; else empty.
std::string_view nearest(std::string_view word, std::span<std::string const> words);

}  // namespace pith::shell
