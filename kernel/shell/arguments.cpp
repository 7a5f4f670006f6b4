#include "shell/arguments.hpp"

#include <algorithm>
#include <format>

namespace pith::shell {
namespace {

struct Word {
    std::string text;
    bool is_literal = false;  // it begins with a quote or a backslash
};

constexpr bool is_blank(char character) { return character == ' ' || character == '\t'; }

// Takes the words off a line, one after the other.
class Splitter {
public:
    explicit Splitter(std::string_view line) : rest_{line} {}

    // Nothing at the end of the line.
    std::expected<std::optional<Word>, std::string> next() {
        while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
        if (rest_.empty()) return std::nullopt;
        Word word{.text = {}, .is_literal = rest_.front() == '"' || rest_.front() == '\\'};
        bool is_quoted = false;
        while (!rest_.empty() && (is_quoted || !is_blank(rest_.front()))) {
            auto const character = take();
            if (character == '"') {
                is_quoted = !is_quoted;
            } else if (character != '\\') {
                word.text += character;
            } else if (!rest_.empty()) {
                word.text += take();
            } else {
                return std::unexpected{"the line ends in a backslash, which takes a character"};
            }
        }
        if (is_quoted) return std::unexpected{"a quote is not closed"};
        return word;
    }

private:
    char take() {
        auto const first = rest_.front();
        rest_.remove_prefix(1);
        return first;
    }

    std::string_view rest_;
};

Option option_of(std::string_view text) {
    auto const equals = text.find('=');
    if (equals == std::string_view::npos) return {.name = std::string{text}, .value = std::nullopt};
    return {.name = std::string{text.substr(0, equals)}, .value = std::string{text.substr(equals + 1)}};
}

// Decimal digits only; nothing if there are none, or the number is too large.
std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t number = 0;
    for (char const character : text) {
        auto const digit = static_cast<unsigned char>(character) - unsigned{'0'};
        if (digit > 9 || __builtin_mul_overflow(number, 10U, &number) ||
            __builtin_add_overflow(number, digit, &number))
            return std::nullopt;
    }
    return text.empty() ? std::nullopt : std::optional{number};
}

}  // namespace

std::expected<Arguments, std::string> Arguments::parse(std::string_view line) {
    Arguments arguments;
    Splitter splitter{line};
    bool is_first = true, may_be_option = true;
    while (true) {
        auto word = splitter.next();
        if (!word) return std::unexpected{std::move(word).error()};
        if (!*word) return arguments;
        auto& [text, is_literal] = **word;
        bool const is_option     = may_be_option && !is_literal && text.starts_with("--");
        if (std::exchange(is_first, false))
            arguments.command_ = std::move(text);
        else if (!is_option)
            arguments.words_.push_back(std::move(text));
        else if (text == "--")
            may_be_option = false;
        else
            arguments.options_.push_back(option_of(std::string_view{text}.substr(2)));
    }
}

bool Arguments::has(std::string_view option) const {
    return std::ranges::contains(options_, option, &Option::name);
}

std::optional<Option> Arguments::take(std::string_view name) {
    auto const found = std::ranges::find(options_, name, &Option::name);
    if (found == options_.end()) return std::nullopt;
    auto option = std::move(*found);
    options_.erase(found);
    return option;
}

std::expected<void, std::string> Arguments::check(Accepted const& accepted) const {
    if (words_.size() > accepted.most_words)
        return std::unexpected{std::format("\"{}\" is one word too many", words_[accepted.most_words])};
    for (auto const& option : options_) {
        auto const named = std::ranges::find_if(accepted.options, [&](std::string_view name) {
            return !name.empty() && name.substr(0, name.find('=')) == option.name;
        });
        if (named == accepted.options.end())
            return std::unexpected{std::format("there is no option --{}", option.name)};
        if (option.value && !named->ends_with('='))
            return std::unexpected{std::format("the option --{} has no value", option.name)};
        if (std::ranges::count(options_, option.name, &Option::name) > 1)
            return std::unexpected{std::format("the option --{} is there twice", option.name)};
    }
    return {};
}

std::expected<std::optional<std::string_view>, std::string> Arguments::text(std::string_view option) const {
    auto const found = std::ranges::find(options_, option, &Option::name);
    if (found == options_.end()) return std::nullopt;
    if (!found->value) return std::unexpected{std::format("the option --{} needs a value", option)};
    return *found->value;
}

std::expected<std::optional<std::uint64_t>, std::string> Arguments::number(std::string_view option) const {
    auto const given = text(option);
    if (!given) return std::unexpected{given.error()};
    if (!*given) return std::nullopt;
    auto const number = number_in(**given);
    if (!number) return std::unexpected{std::format("--{} wants a number, not \"{}\"", option, **given)};
    return *number;
}

}  // namespace pith::shell
