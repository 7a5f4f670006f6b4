// Failing: who is told what, and that nothing goes on afterwards.
#include "base/fail.hpp"
#include "failure.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pith {
namespace {

using testing::fails;

TEST(Require, does_nothing_where_the_condition_holds) {
    EXPECT_FALSE(fails([] {
        require(true, "never said");
        return 0;
    }));
}

TEST(Require, fails_where_it_does_not) {
    EXPECT_TRUE(fails([] {
        require(false, "said");
        return 0;
    }));
}

TEST(Fail, tells_the_handler_what_and_where) {
    struct Told {
        std::string message, file;
        std::uint32_t line;
    };
    set_failure_handler([](Failure const& failure) {
        throw Told{std::string{failure.message}, std::string{failure.file}, failure.line};
    });
    std::uint32_t line = 0;
    try {
        line = __LINE__ + 1;
        require(false, "the sky fell");
    } catch (Told const& told) {
        EXPECT_EQ(told.message, "the sky fell");
        EXPECT_TRUE(told.file.ends_with("fail_test.cpp")) << told.file;
        EXPECT_EQ(told.line, line);
    }
    set_failure_handler(nullptr);
}

TEST(FailDeathTest, ends_the_program_without_a_handler) { EXPECT_DEATH(fail("nobody listens"), ""); }

TEST(FailDeathTest, ends_the_program_when_the_handler_returns) {
    EXPECT_DEATH(
        {
            set_failure_handler([](Failure const&) {});
            fail("ignored");
        },
        "");
}

}  // namespace
}  // namespace pith
