// Printable text: what of any bytes may stand in a line.
#include "base/printable.hpp"

#include <gtest/gtest.h>

#include <format>
#include <random>
#include <string>

namespace pith {
namespace {

template <std::size_t Capacity>
std::string printed(std::string_view bytes) {
    PrintableText<Capacity> text;
    for (char const byte : bytes) text.push_back(byte);
    return std::string{text.finish()};
}

bool is_printable(std::string_view bytes) {
    bool is = true;
    Utf8Decoder decoder;
    for (char const byte : bytes) {
        decoder.feed(static_cast<std::uint8_t>(byte), [&](char32_t character) {
            is = is && character >= 0x20 && character != 0x7f && printable(character) == character;
        });
    }
    return is && decoder.is_idle();
}

TEST(Printable, text_stays_as_it_is) {
    EXPECT_EQ(printed<80>("plain, größer, 漢字, 😀"), "plain, größer, 漢字, 😀");
    EXPECT_EQ(printed<80>(""), "");
}

TEST(Printable, what_ends_a_line_or_moves_is_a_blank) { EXPECT_EQ(printed<80>("a\nb\tc"), "a b c"); }

TEST(Printable, controls_and_malformed_bytes_are_replaced) {
    EXPECT_EQ(printed<80>("\x1b[2J"), "\uFFFD[2J");
    EXPECT_EQ(printed<80>(std::string_view{"a\0\r\x7f", 4}), "a\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(printed<80>("\xc2\x9b"), "\uFFFD");            // CSI in one character
    EXPECT_EQ(printed<80>("\u202e\u2066"), "\uFFFD\uFFFD");  // right to left
    EXPECT_EQ(printed<80>("\xff\xc3"), "\uFFFD\uFFFD");
    EXPECT_EQ(printed<80>("\xe2\x82"), "\uFFFD");
}

TEST(Printable, what_is_too_long_ends_in_dots) {
    EXPECT_EQ(printed<8>("12345678"), "12345678");
    EXPECT_EQ(printed<8>("123456789"), "12345...");
    EXPECT_EQ(printed<8>("123456789abcdef"), "12345...");
    EXPECT_EQ(printed<8>("1234ää9"), "1234...");  // no half of a character
    EXPECT_EQ(printed<3>("1234"), "...");
    EXPECT_EQ(printed<8>("😀😀😀"), "😀...");
}

TEST(Printable, whatever_bytes_come) {
    std::mt19937 random{1};
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes(random() % 24, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        auto const text = printed<16>(bytes);
        ASSERT_TRUE(is_printable(text));
        ASSERT_LE(text.size(), 16U);
        std::string all;
        for_each_printable(bytes, [&](char32_t character) {
            encode_utf8(character, [&](std::uint8_t byte) { all.push_back(static_cast<char>(byte)); });
        });
        ASSERT_EQ(printed<200>(bytes), all);
        ASSERT_EQ(std::format("{}", Printable{bytes}), all);
        if (all.size() <= 16) {
            ASSERT_EQ(text, all);
        } else {
            ASSERT_TRUE(text.ends_with("...") && all.starts_with(text.substr(0, text.size() - 3)));
        }
    }
}

}  // namespace
}  // namespace pith
