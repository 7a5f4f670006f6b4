// Words of the prompt: which was meant, how long is meant, and what is done before anybody types.
#include "shell/duration.hpp"
#include "shell/first_lines.hpp"
#include "shell/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace pith::shell {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

TEST(Nearest, finds_what_was_meant) {
    std::array<std::string, 4> const words{"memory", "frames", "help", "poweroff"};
    EXPECT_EQ(nearest("memery", words), "memory");
    EXPECT_EQ(nearest("mmory", words), "memory");
    EXPECT_EQ(nearest("helpp", words), "help");
    EXPECT_EQ(nearest("power_off", words), "poweroff");
    EXPECT_EQ(nearest("memory", words), "memory");
}

TEST(Nearest, guesses_nothing_wild) {
    std::array<std::string, 2> const words{"help", "memory"};
    EXPECT_EQ(nearest("xyzzy", words), "");
    EXPECT_EQ(nearest("hxxp", words), "");
    EXPECT_EQ(nearest("", words), "");
    EXPECT_EQ(nearest("help", {}), "");
}

TEST(Duration, is_read_in_every_unit) {
    EXPECT_EQ(duration_of("3"), 3s);
    EXPECT_EQ(duration_of("2s"), 2s);
    EXPECT_EQ(duration_of("1.5s"), 1500ms);
    EXPECT_EQ(duration_of("20ms"), 20ms);
    EXPECT_EQ(duration_of("0.25ms"), 250us);
    EXPECT_EQ(duration_of("7us"), 7us);
    EXPECT_EQ(duration_of("7ns"), 7ns);
    EXPECT_EQ(duration_of("0"), 0s);
    EXPECT_EQ(duration_of("1.0000001"), 1s);
    EXPECT_EQ(duration_of("1000000"), 1'000'000s);
}

TEST(Duration, is_refused_if_it_is_none) {
    for (auto const* const text :
         {"", "s", "ms", ".5", "1.5.5", "-1", "1 s", "1h", "1e3", "1000001", "99999999999999999999"})
        EXPECT_EQ(duration_of(text), std::nullopt) << text;
}

TEST(FirstLines, are_one_or_many) {
    EXPECT_EQ(first_lines("run=help"), (Lines{"help"}));
    EXPECT_EQ(first_lines("quiet run=help more"), (Lines{"help"}));
    EXPECT_EQ(first_lines(R"(run="help; memory --json ;poweroff" more)"),
              (Lines{"help", "memory --json", "poweroff"}));
    EXPECT_EQ(first_lines("run=a;b"), (Lines{"a", "b"}));
    EXPECT_EQ(first_lines(R"(quiet "run=help; memory" more)"), (Lines{"help", "memory"}));  // as GRUB quotes
    EXPECT_EQ(first_lines("rerun=no run=yes"), (Lines{"yes"}));
}

TEST(FirstLines, are_none_where_nothing_is_said) {
    for (auto const* const text :
         {"", "run", "run=", "rerun=help", R"(run="")", R"(run=" ; ;")", "run= help"})
        EXPECT_EQ(first_lines(text), Lines{}) << text;
}

TEST(FirstLines, end_where_the_command_line_does) {
    EXPECT_EQ(first_lines(R"(run="help; mem)"), (Lines{"help", "mem"}));
}

}  // namespace
}  // namespace pith::shell
