// The words of a line: a command, what it is about, and options.
//
//   log --least=warning "a word with blanks" --last=20        --NAME or --NAME=VALUE
//
// Blanks separate words. In double quotes they do not; a backslash takes the next character as it is, inside
// quotes and outside. A word that begins with a quote or a backslash is no option, and behind a word `--`
// there are none.
//
// Needs:     nothing.
// Promises:  whatever bytes a line has, it is split, or there is a sentence that says what is wrong with it.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pith::shell {

struct Option {
    std::string name;                  // without the dashes
    std::optional<std::string> value;  // what follows "="

    bool operator==(Option const&) const = default;
};

class Arguments {
public:
    // The error is a sentence for people.
    static std::expected<Arguments, std::string> parse(std::string_view line);

    // The first word; empty if the line is.
    std::string_view command() const { return command_; }
    // The others, without options.
    std::vector<std::string> const& words() const { return words_; }
    std::vector<Option> const& options() const { return options_; }

    bool has(std::string_view option) const;

    // An option that is for somebody else: it is gone afterwards.
    std::optional<Option> take(std::string_view name);

    // What a command may be given.
    struct Accepted {
        std::size_t most_words = 0;
        std::array<std::string_view, 6>
            options{};  // their names; those with a value end in "="; empty ones are none

        constexpr bool is_nothing() const { return most_words == 0 && options.front().empty(); }
    };
    // A sentence if there is more, or an option twice, or one that has no value with one.
    std::expected<void, std::string> check(Accepted const& accepted) const;

    // The option's value; nothing if it is not there. Without a value it is an error, and so is a value that
    // is not a decimal number.
    std::expected<std::optional<std::string_view>, std::string> text(std::string_view option) const;
    std::expected<std::optional<std::uint64_t>, std::string> number(std::string_view option) const;

private:
    std::string command_;
    std::vector<std::string> words_;
    std::vector<Option> options_;
};

}  // namespace pith::shell
