// A line at the prompt: which command it asks for, in which form the answer is wanted, and what a word may become.
#include "fake_commands.hpp"
#include "shell/request.hpp"

#include <gtest/gtest.h>

namespace pith::shell {

std::span<Command const> all_commands() { return testing::fake_commands; }

namespace {

using Words = std::vector<std::string>;

std::string problem_of(auto const& result) { return result ? "" : result.error(); }

Answer answer_to(std::string_view line) { return testing::result_of(answer(parse_request(line))); }

std::string json_of(std::string_view line) {
    auto const answer = answer_to(line);
    return answer ? answer->json() : answer.error();
}

bool wants_json(std::string_view line) { return parse_request(line).form == Form::json; }

TEST(Request, is_a_command_with_words_and_options) {
    auto const request = parse_request("  echo  \"two words\" --level=high ");
    ASSERT_TRUE(request.arguments);
    EXPECT_EQ(request.arguments->command(), "echo");
    EXPECT_EQ(request.arguments->words(), Words{"two words"});
    EXPECT_EQ(request.arguments->options(), (std::vector<Option>{{.name = "level", .value = "high"}}));
    EXPECT_EQ(request.form, Form::for_people);
}

TEST(Request, is_none_if_nothing_was_typed) {
    for (auto const* const line : {"", " ", "  \t "}) EXPECT_TRUE(is_blank(line)) << line;
    for (auto const* const line : {"\"\"", "\"\" --json", "\"\" --", "\\ ", "--", "\"", "\n"})
        EXPECT_FALSE(is_blank(line)) << line;
    EXPECT_EQ(problem_of(answer_to("\"\" --json")), "there is no command ''; 'help' lists them");
}

TEST(Request, json_is_wanted_wherever_the_option_stands) {
    for (auto const* const line : {"echo --json", "echo --json one", "echo one --json", "echo --json -- one",
                                   "echo --level=x --json"}) {
        EXPECT_TRUE(wants_json(line)) << line;
        EXPECT_FALSE(parse_request(line).arguments->has("json")) << line;  // the command never sees it
    }
}

TEST(Request, json_is_not_wanted_where_it_is_no_option) {
    for (auto const* const line :
         {"echo", "--json", "--json echo", "echo -- --json", "echo \"--json\"", "echo \\--json", "echo -json",
          "echo --jsonx", "echo --js", "echo --level=--json"})
        EXPECT_FALSE(wants_json(line)) << line;
}

TEST(Request, json_has_no_value_and_is_there_once) {
    for (auto const* const line : {"echo --json=1", "echo --json=", "echo --json=1 --json"})
        EXPECT_EQ(problem_of(parse_request(line).arguments), "the option --json has no value") << line;
    for (auto const* const line :
         {"echo --json --json", "echo --json x --json=1", "echo --json --json --json"})
        EXPECT_EQ(problem_of(parse_request(line).arguments), "the option --json is there twice") << line;
    EXPECT_TRUE(wants_json("echo --json=1") && wants_json("echo --json --json"));
}

// A tool that got its quotes wrong has to be told so in JSON.
TEST(Request, wrong_quotes_are_said_in_the_form_that_was_wanted) {
    EXPECT_EQ(problem_of(parse_request("echo \"one").arguments), "a quote is not closed");
    EXPECT_EQ(problem_of(parse_request("echo one\\").arguments),
              "the line ends in a backslash, which takes a character");
    EXPECT_FALSE(wants_json("echo \"one"));
    EXPECT_TRUE(wants_json("echo \"one --json"));
    EXPECT_EQ(problem_of(answer_to("echo \"one")), "a quote is not closed");
}

TEST(Request, a_command_answers) {
    EXPECT_EQ(json_of("echo one --loud"), "[{\"word\": \"one\"}]");
    EXPECT_EQ(json_of("water --json"), "[]");
    EXPECT_EQ(json_of("wait"), "{\"rounds\": 1}");
    EXPECT_EQ(json_of("wait --rounds=3"), "{\"rounds\": 3}");
}

TEST(Request, a_word_that_is_no_command_is_answered) {
    EXPECT_EQ(problem_of(answer_to("ecko")), "there is no command 'ecko'; did you mean 'echo'?");
    EXPECT_EQ(problem_of(answer_to("nonsense")), "there is no command 'nonsense'; 'help' lists them");
    EXPECT_EQ(problem_of(answer_to("\"\" echo")), "there is no command ''; 'help' lists them");
    EXPECT_EQ(problem_of(answer_to("Echo x")), "there is no command 'Echo'; did you mean 'echo'?");
}

TEST(Request, what_is_wrong_with_arguments_comes_with_the_usage) {
    EXPECT_EQ(problem_of(answer_to("echo one two")),
              "\"two\" is one word too many. Usage: echo [WORD] [--loud] [--level=WORD]");
    EXPECT_EQ(problem_of(answer_to("water --loud")), "there is no option --loud. Usage: water");
    EXPECT_EQ(problem_of(answer_to("wait --rounds=many")),
              "--rounds wants a number, not \"many\". Usage: wait [--rounds=NUMBER]");
    // What takes no arguments, and was given none, has another problem.
    EXPECT_EQ(problem_of(answer_to("fail")), "it failed");
}

TEST(Completions, of_a_command) {
    EXPECT_EQ(completions(""), (Words{"echo", "wait", "water", "fail"}));
    EXPECT_EQ(completions("wa"), (Words{"wait", "water"}));
    EXPECT_EQ(completions("wait"), Words{"wait"});
    EXPECT_EQ(completions("wait!"), Words{});
    EXPECT_EQ(completions("Wa"), Words{});
}

TEST(Completions, do_not_mind_blanks_before_the_command) {
    EXPECT_EQ(completions("   "), completions(""));
    EXPECT_EQ(completions("  wa"), completions("wa"));
    EXPECT_EQ(completions("  echo  t"), Words{"two"});
}

TEST(Completions, of_what_stands_behind_a_command) {
    EXPECT_EQ(completions("echo "), (Words{"one", "once", "two", "--loud", "--level=", "--json"}));
    EXPECT_EQ(completions("echo on"), (Words{"one", "once"}));
    EXPECT_EQ(completions("echo --l"), (Words{"--loud", "--level="}));
    EXPECT_EQ(completions("echo one --j"), Words{"--json"});
    EXPECT_EQ(completions("water "), Words{"--json"});
    EXPECT_EQ(completions("echo --level=h"), Words{});
}

TEST(Completions, are_none_behind_a_word_that_is_no_command) {
    EXPECT_EQ(completions("nonsense "), Words{});
    EXPECT_EQ(completions("ech "), Words{});
    EXPECT_EQ(completions("nonsense --j"), Words{});
}

}  // namespace
}  // namespace pith::shell
