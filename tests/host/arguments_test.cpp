// The words of a line: commands, quotes, options, and what is wrong with them.
#include "shell/arguments.hpp"

#include <gtest/gtest.h>

#include <random>

namespace pith::shell {
namespace {

using Words = std::vector<std::string>;

Arguments parsed(std::string_view line) {
    auto arguments = Arguments::parse(line);
    EXPECT_TRUE(arguments) << arguments.error();
    return arguments.value_or(Arguments{});
}

std::string problem_of(auto const& result) { return result ? "" : result.error(); }

TEST(Arguments, a_line_is_a_command_and_words) {
    auto const arguments = parsed("  fault\tpage-fault   now ");
    EXPECT_EQ(arguments.command(), "fault");
    EXPECT_EQ(arguments.words(), (Words{"page-fault", "now"}));
    EXPECT_TRUE(arguments.options().empty());
}

TEST(Arguments, an_empty_line_has_no_command) {
    for (auto const line : {"", "   ", "\t"}) EXPECT_EQ(parsed(line).command(), "");
}

TEST(Arguments, quotes_hold_blanks_and_make_empty_words) {
    EXPECT_EQ(parsed(R"(echo "a b" c"d e"f "")").words(), (Words{"a b", "cd ef", ""}));
    EXPECT_EQ(parsed(R"(echo a\ b \"c\" "d \"\\ e")").words(), (Words{"a b", "\"c\"", "d \"\\ e"}));
}

TEST(Arguments, options_are_taken_out_of_the_words) {
    auto const arguments = parsed(R"(log a --level=error --json b --source="a b" --empty=)");
    EXPECT_EQ(arguments.words(), (Words{"a", "b"}));
    EXPECT_EQ(arguments.options(), (std::vector<Option>{{.name = "level", .value = "error"},
                                                        {.name = "json", .value = std::nullopt},
                                                        {.name = "source", .value = "a b"},
                                                        {.name = "empty", .value = ""}}));
}

TEST(Arguments, what_is_quoted_or_behind_two_dashes_is_a_word) {
    auto const arguments = parsed(R"(echo "--a" \--b - -c -- --d --)");
    EXPECT_EQ(arguments.words(), (Words{"--a", "--b", "-", "-c", "--d", "--"}));
    EXPECT_TRUE(arguments.options().empty());
}

TEST(Arguments, what_is_not_finished_is_said) {
    EXPECT_EQ(problem_of(Arguments::parse("echo \"a")), "a quote is not closed");
    EXPECT_EQ(problem_of(Arguments::parse("echo a\\")),
              "the line ends in a backslash, which takes a character");
    EXPECT_EQ(problem_of(Arguments::parse("echo \"a\\")),
              "the line ends in a backslash, which takes a character");
}

TEST(Arguments, what_a_command_does_not_accept_is_said) {
    Arguments::Accepted const accepted{.most_words = 1, .options = {"level=", "last"}};
    EXPECT_TRUE(parsed("log a --level=x --last").check(accepted));
    EXPECT_EQ(parsed("log --last=no").check(accepted).error(), "the option --last has no value");
    EXPECT_EQ(problem_of(parsed("log a b").check(accepted)), "\"b\" is one word too many");
    EXPECT_EQ(problem_of(parsed("log --lever=x").check(accepted)), "there is no option --lever");
    EXPECT_EQ(problem_of(parsed("log --last --last=3").check(accepted)), "the option --last is there twice");
    EXPECT_EQ(problem_of(parsed("log --=x").check(accepted)), "there is no option --");
    EXPECT_EQ(problem_of(parsed("log a").check({})), "\"a\" is one word too many");
}

TEST(Arguments, options_have_values) {
    auto const arguments = parsed("log --level=error --since=18446744073709551615 --last --count=3x "
                                  "--large=99999999999999999999 --minus=-1 --none=");
    EXPECT_EQ(*arguments.text("level"), "error");
    EXPECT_EQ(*arguments.text("absent"), std::nullopt);
    EXPECT_EQ(*arguments.number("since"), ~std::uint64_t{0});
    EXPECT_EQ(*arguments.number("absent"), std::nullopt);
    EXPECT_EQ(problem_of(arguments.text("last")), "the option --last needs a value");
    EXPECT_EQ(problem_of(arguments.number("last")), "the option --last needs a value");
    EXPECT_EQ(problem_of(arguments.number("count")), "--count wants a number, not \"3x\"");
    for (auto const option : {"large", "minus", "level", "none"}) EXPECT_FALSE(arguments.number(option));
}

TEST(Arguments, an_option_can_be_taken) {
    auto arguments = parsed("log --json --last=3");
    EXPECT_EQ(arguments.take("json"), (Option{.name = "json", .value = std::nullopt}));
    EXPECT_EQ(arguments.take("json"), std::nullopt);
    EXPECT_EQ(arguments.options().size(), 1U);
}

// Quoted in full, any words come back.
TEST(Arguments, quoted_words_come_back) {
    std::mt19937 random{5};
    for (int round = 0; round < 5'000; ++round) {
        Words words(1 + random() % 5);
        std::string line = "command";
        for (auto& word : words) {
            word.resize(random() % 8);
            for (char& letter : word)
                letter = random() % 3 == 0 ? static_cast<char>(random()) : " \"\\-=a"[random() % 6];
            line += " \"";
            for (char const letter : word) {
                if (letter == '"' || letter == '\\') line += '\\';
                line += letter;
            }
            line += '"';
        }
        ASSERT_EQ(parsed(line).words(), words);
    }
}

}  // namespace
}  // namespace pith::shell
