// Fuzzes the words of a line: whatever bytes come, they are split, or a sentence says why not. The same bytes
// are a command line, a duration and a word that was mistyped.
#include "shell/arguments.hpp"
#include "shell/duration.hpp"
#include "shell/first_lines.hpp"
#include "shell/nearest.hpp"

#include <array>
#include <cstdlib>
#include <span>

namespace {

using namespace pith::shell;

void demand(bool condition) {
    if (!condition) std::abort();
}

// Quotes in which every character is taken as it is.
void append_quoted(std::string_view word, std::string& line) {
    line += " \"";
    for (char const character : word) {
        line += '\\';
        line += character;
    }
    line += '"';
}

void try_others(std::string const& text) {
    for (auto const& line : first_lines(text))
        demand(!line.empty() && line.front() != ' ' && line.back() != ' ' && line.size() + 4 <= text.size());
    if (auto const duration = duration_of(text)) demand(*duration >= std::chrono::nanoseconds::zero());
    std::array<std::string, 3> const words{"help", "memory", ""};
    if (text.size() < 100) static_cast<void>(nearest(text, words));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
    std::string const line{reinterpret_cast<char const*>(data), size};
    try_others(line);
    auto const arguments = Arguments::parse(line);
    if (!arguments) {
        demand(!arguments.error().empty());
        return 0;
    }
    auto const fits = arguments->check({.most_words = 3, .options = {"level=", "last"}});
    demand(fits.has_value() || !fits.error().empty());
    auto rest = *arguments;
    demand(rest.take("json").has_value() == arguments->has("json") &&
           rest.options().size() <= arguments->options().size());
    std::size_t characters = arguments->command().size();
    std::string quoted     = "command";
    for (auto const& word : arguments->words()) {
        append_quoted(word, quoted);
        characters += word.size();
    }
    for (auto const& option : arguments->options()) {
        auto const number = arguments->number(option.name);
        demand(number.has_value() || !number.error().empty());
        characters += 2 + option.name.size() + (option.value ? 1 + option.value->size() : 0);
    }
    demand(characters <= size);
    auto const again = Arguments::parse(quoted);
    demand(again && again->words() == arguments->words() && again->options().empty());
    return 0;
}
