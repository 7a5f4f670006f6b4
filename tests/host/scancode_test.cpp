// Scancodes of set 1: the sequences that there are, and those that there should not be.
#include "input/scancode.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace pith::input {

void PrintTo(KeyChange const& change, std::ostream* out) {
    *out << (change.motion == Motion::pressed ? "+" : "-") << std::hex << static_cast<int>(change.code);
}

namespace {

using enum Motion;

std::vector<KeyChange> decode(std::initializer_list<int> bytes) {
    ScancodeDecoder decoder;
    std::vector<KeyChange> changes;
    for (int const byte : bytes) {
        if (auto const change = decoder.feed(static_cast<std::uint8_t>(byte))) changes.push_back(*change);
    }
    return changes;
}

using Changes = std::vector<KeyChange>;

TEST(Scancodes, a_key_goes_down_and_comes_up) {
    EXPECT_EQ(decode({0x1e, 0x9e}), (Changes{{KeyCode::a, pressed}, {KeyCode::a, released}}));
    EXPECT_EQ(decode({0x01, 0x81}), (Changes{{KeyCode::escape, pressed}, {KeyCode::escape, released}}));
    EXPECT_EQ(decode({0x58, 0xd8}), (Changes{{KeyCode::f12, pressed}, {KeyCode::f12, released}}));
}

TEST(Scancodes, the_same_code_behind_e0_is_another_key) {
    EXPECT_EQ(decode({0x48}), (Changes{{KeyCode::keypad_8, pressed}}));
    EXPECT_EQ(decode({0xe0, 0x48, 0xe0, 0xc8}), (Changes{{KeyCode::up, pressed}, {KeyCode::up, released}}));
    EXPECT_EQ(decode({0xe0, 0x1d, 0x1d}),
              (Changes{{KeyCode::right_control, pressed}, {KeyCode::left_control, pressed}}));
}

TEST(Scancodes, fake_shifts_are_dropped) {
    EXPECT_EQ(decode({0xe0, 0x2a, 0xe0, 0x47, 0xe0, 0xc7, 0xe0, 0xaa}),
              (Changes{{KeyCode::home, pressed}, {KeyCode::home, released}}));
    EXPECT_EQ(decode({0xe0, 0xb6, 0xe0, 0x53, 0xe0, 0x36}), (Changes{{KeyCode::del, pressed}}));
}

TEST(Scancodes, print_screen_has_three_forms) {
    EXPECT_EQ(decode({0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa}),
              (Changes{{KeyCode::print_screen, pressed}, {KeyCode::print_screen, released}}));
    EXPECT_EQ(decode({0xe0, 0x37}), (Changes{{KeyCode::print_screen, pressed}}));
    EXPECT_EQ(decode({0x54, 0xd4}),
              (Changes{{KeyCode::print_screen, pressed}, {KeyCode::print_screen, released}}));
}

TEST(Scancodes, pause_comes_all_at_once) {
    Changes const both{{KeyCode::pause, pressed}, {KeyCode::pause, released}};
    EXPECT_EQ(decode({0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5}), both);
    EXPECT_EQ(decode({0xe0, 0x46, 0xe0, 0xc6}), both);
}

TEST(Scancodes, what_does_not_go_on_with_a_pause_begins_anew) {
    EXPECT_EQ(decode({0xe1, 0x1e}), (Changes{{KeyCode::a, pressed}}));
    EXPECT_EQ(decode({0xe1, 0x1d, 0x1e}), (Changes{{KeyCode::a, pressed}}));
    EXPECT_EQ(decode({0xe1, 0x1d, 0xc5}), (Changes{{KeyCode::num_lock, released}}));
    EXPECT_EQ(decode({0xe1, 0xe0, 0x48}), (Changes{{KeyCode::up, pressed}}));
    EXPECT_EQ(decode({0xe1, 0x1d, 0xe1, 0x1d, 0x45}), (Changes{{KeyCode::pause, pressed}}));
}

TEST(Scancodes, unknown_codes_are_dropped_and_the_next_key_counts) {
    EXPECT_EQ(decode({0x55, 0x59, 0x7f, 0xfa, 0xfe, 0xee, 0x1e}), (Changes{{KeyCode::a, pressed}}));
    EXPECT_EQ(decode({0xe0, 0x10, 0x1e}), (Changes{{KeyCode::a, pressed}}));  // a key for music
    EXPECT_EQ(decode({0xe0, 0xe0, 0x48}), (Changes{{KeyCode::up, pressed}}));
    EXPECT_EQ(decode({0xe0, 0x00, 0x1e}), (Changes{{KeyCode::a, pressed}}));
}

TEST(Scancodes, an_overrun_is_told) {
    EXPECT_EQ(decode({0x00}), (Changes{{KeyCode::overrun, pressed}}));
    EXPECT_EQ(decode({0xff}), (Changes{{KeyCode::overrun, pressed}}));
}

// 104 keys and the one left of Z; the overrun, and print screen once more.
TEST(Scancodes, there_are_as_many_keys_as_a_keyboard_has) {
    int known = 0;
    for (int byte = 0; byte < 0x80; ++byte) {
        known += static_cast<int>(decode({byte}).size() + decode({0xe0, byte}).size());
    }
    EXPECT_EQ(known, 104 + 1 + 1 + 1);
}

}  // namespace
}  // namespace pith::input
