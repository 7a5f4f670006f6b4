// Two functions that keep the rules, and ten that break one each: the tests must tell them apart.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

#include <ranges>

using namespace pith;
using console::println;

namespace {

using Value = std::optional<std::string_view>;

auto words_of(std::string_view line) {
    return line | std::views::split(' ') |
           std::views::transform([](auto part) { return std::string_view{part}; });
}

// The value of a word that is called so.
Value value_in(std::string_view word, std::string_view name) {
    if (!word.starts_with(name) || !word.substr(name.size()).starts_with('=')) return std::nullopt;
    return word.substr(name.size() + 1);
}

Value right(std::string_view name, std::string_view line) {
    for (auto const word : words_of(line)) {
        if (auto const value = value_in(word, name)) return value;
    }
    return std::nullopt;
}

Value also_right(std::string_view name, std::string_view line) {
    while (!line.empty()) {
        auto const word = line.substr(0, line.find(' '));
        if (word.substr(0, word.find('=')) == name && word.contains('='))
            return word.substr(word.find('=') + 1);
        line.remove_prefix(word.size());
        if (!line.empty()) line.remove_prefix(1);
    }
    return std::nullopt;
}

Value takes_longer_names(std::string_view name, std::string_view line) {
    for (auto const word : words_of(line)) {
        if (word.starts_with(name) && word.contains('=')) return word.substr(word.find('=') + 1);
    }
    return std::nullopt;
}

Value looks_inside_words(std::string_view name, std::string_view line) {
    for (std::size_t at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
        auto const rest = line.substr(at);
        if (auto const value = value_in(rest.substr(0, rest.find(' ')), name)) return value;
    }
    return std::nullopt;
}

Value cuts_at_the_last_sign(std::string_view name, std::string_view line) {
    auto const value = right(name, line);
    return value ? value->substr(value->find_last_of('=') + 1) : value;
}

Value goes_on_to_the_end(std::string_view name, std::string_view line) {
    auto const value = right(name, line);
    if (!value) return value;
    return line.substr(static_cast<std::size_t>(value->data() - line.data()));
}

Value takes_no_empty_value(std::string_view name, std::string_view line) {
    auto const value = right(name, line);
    return value && value->empty() ? std::nullopt : value;
}

Value forgets_the_last_word(std::string_view name, std::string_view line) {
    return right(name, line.substr(0, std::min(line.find_last_of(' '), line.size())).empty()
                           ? line
                           : line.substr(0, line.find_last_of(' ')));
}

Value takes_the_last_one(std::string_view name, std::string_view line) {
    Value found;
    for (auto const word : words_of(line)) {
        if (auto const value = value_in(word, name)) found = value;
    }
    return found;
}

Value looks_at_one_word_only(std::string_view name, std::string_view line) {
    return value_in(line.substr(0, line.find(' ')), name);
}

Value needs_no_sign(std::string_view name, std::string_view line) {
    for (auto const word : words_of(line)) {
        if (word == name) return "";
        if (auto const value = value_in(word, name)) return value;
    }
    return std::nullopt;
}

Value gives_up_at_two_blanks(std::string_view name, std::string_view line) {
    return right(name, line.substr(0, line.find("  ")));
}

struct Mistake {
    std::string_view what;
    FindValue find;
};

constexpr Mistake mistakes[] = {
    {"finds \"testing=1\" when it is asked for \"test\"", takes_longer_names},
    {"finds \"mytest=1\" when it is asked for \"test\"", looks_inside_words},
    {"cuts a value at its last \"=\"", cuts_at_the_last_sign},
    {"gives all of the line behind the \"=\"", goes_on_to_the_end},
    {"takes an empty value for none", takes_no_empty_value},
    {"forgets the last word of several", forgets_the_last_word},
    {"gives the last of several words with that name", takes_the_last_one},
    {"looks at the first word only", looks_at_one_word_only},
    {"takes a word without \"=\" for one with an empty value", needs_no_sign},
    {"gives up where two blanks follow each other", gives_up_at_two_blanks},
};

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    bool const is_fair = is_right(right) && is_right(also_right);
    if (!is_fair) println("your tests refuse a function that keeps the rules");
    unsigned missed = 0;
    for (auto const& mistake : mistakes) {
        if (!is_right(mistake.find)) continue;
        println("your tests accept a function that {}", mistake.what);
        ++missed;
    }
    println("{} of {} mistakes found", std::size(mistakes) - missed, std::size(mistakes));
    if (is_fair && missed == 0) println("solved");
    cpu::halt_forever();
}
