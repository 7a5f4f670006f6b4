// A keyboard's lights, told a byte at a time.
#include "input/lights.hpp"

#include <gtest/gtest.h>

namespace pith::input {
namespace {

constexpr std::uint8_t set_lights = 0xed, acknowledged = 0xfa, again = 0xfe, key = 0x1e;
constexpr Leds caps{.caps_lock = true}, both{.num_lock = true, .caps_lock = true};

TEST(Lights, are_told_in_two_bytes_each_of_which_is_answered) {
    Lights lights;
    EXPECT_EQ(lights.begin(caps), set_lights);
    auto const first = lights.take(acknowledged);
    EXPECT_TRUE(first.was_answer);
    EXPECT_EQ(first.reply, caps.raw());
    auto const second = lights.take(acknowledged);
    EXPECT_TRUE(second.was_answer);
    EXPECT_EQ(second.reply, std::nullopt);
    EXPECT_FALSE(lights.take(acknowledged).was_answer);  // nobody asked
}

TEST(Lights, are_not_told_what_they_show) {
    Lights lights;
    EXPECT_EQ(lights.begin(Leds{}), std::nullopt);
    static_cast<void>(lights.begin(caps));
    static_cast<void>(lights.take(acknowledged));
    static_cast<void>(lights.take(acknowledged));
    EXPECT_EQ(lights.begin(caps), std::nullopt);
    EXPECT_EQ(lights.begin(both), set_lights);
}

TEST(Lights, let_keys_through_that_come_between) {
    Lights lights;
    EXPECT_FALSE(lights.take(key).was_answer);
    static_cast<void>(lights.begin(caps));
    EXPECT_FALSE(lights.take(key).was_answer);
    EXPECT_EQ(lights.begin(both), std::nullopt);  // a talk is under way
    EXPECT_EQ(lights.take(acknowledged).reply, caps.raw());
}

TEST(Lights, leave_a_keyboard_alone_that_refuses) {
    Lights lights;
    static_cast<void>(lights.begin(caps));
    auto const refused = lights.take(again);
    EXPECT_TRUE(refused.was_answer);
    EXPECT_EQ(refused.reply, std::nullopt);
    EXPECT_EQ(lights.begin(caps), std::nullopt);
    EXPECT_EQ(lights.begin(both), set_lights);
}

TEST(Lights, are_told_again_when_a_byte_could_not_be_sent) {
    Lights lights;
    static_cast<void>(lights.begin(caps));
    lights.not_sent();
    EXPECT_EQ(lights.begin(caps), set_lights);
    static_cast<void>(lights.take(acknowledged));
    lights.not_sent();  // the second byte of the talk
    EXPECT_EQ(lights.begin(Leds{}), set_lights);
}

}  // namespace
}  // namespace pith::input
