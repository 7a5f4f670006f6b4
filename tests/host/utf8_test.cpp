// UTF-8: all code points there and back, and every way in which a sequence can be malformed.
#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace pith {
namespace {

std::string encoded(char32_t code_point) {
    std::string bytes;
    encode_utf8(code_point, [&](std::uint8_t byte) { bytes.push_back(static_cast<char>(byte)); });
    return bytes;
}

std::u32string decoded(std::string_view bytes) {
    Utf8Decoder decoder;
    std::u32string code_points;
    for (char const byte : bytes) {
        decoder.feed(static_cast<std::uint8_t>(byte),
                     [&](char32_t code_point) { code_points += code_point; });
    }
    return code_points;
}

constexpr bool is_surrogate(char32_t code_point) { return code_point >= 0xd800 && code_point <= 0xdfff; }

TEST(Utf8, every_code_point_survives_the_round_trip) {
    for (char32_t code_point = 0; code_point <= 0x10'ffff; ++code_point) {
        if (is_surrogate(code_point)) continue;
        ASSERT_EQ(decoded(encoded(code_point)), std::u32string(1, code_point)) << std::uint32_t{code_point};
    }
}

TEST(Utf8, is_what_others_write) {
    EXPECT_EQ(encoded(U'A'), "A");
    EXPECT_EQ(encoded(U'é'), "\xc3\xa9");
    EXPECT_EQ(encoded(U'€'), "\xe2\x82\xac");
    EXPECT_EQ(encoded(U'😀'), "\xf0\x9f\x98\x80");
    EXPECT_EQ(decoded("aé€😀z"), U"aé€😀z");
}

// Table 3-7 of the Unicode Standard: which second bytes are well-formed after which first bytes.
bool may_follow(unsigned first, unsigned second) {
    if (first == 0xe0) return second >= 0xa0 && second <= 0xbf;
    if (first == 0xed) return second >= 0x80 && second <= 0x9f;
    if (first == 0xf0) return second >= 0x90 && second <= 0xbf;
    if (first == 0xf4) return second >= 0x80 && second <= 0x8f;
    return second >= 0x80 && second <= 0xbf;
}

std::string text_of(std::initializer_list<unsigned> bytes) {
    std::string text;
    for (unsigned const byte : bytes) text.push_back(static_cast<char>(byte));
    return text;
}

TEST(Utf8, bytes_that_begin_nothing_become_replacements) {
    for (unsigned byte = 0x80; byte <= 0xff; ++byte) {
        if (byte >= 0xc2 && byte <= 0xf4) continue;
        EXPECT_EQ(decoded(text_of({byte, 'x'})), U"\ufffdx") << byte;
    }
}

TEST(Utf8, first_bytes_are_incomplete_alone) {
    for (unsigned byte = 0xc2; byte <= 0xf4; ++byte) {
        EXPECT_EQ(decoded(text_of({byte})), U"") << byte;
        EXPECT_EQ(decoded(text_of({byte, 'x'})), U"\ufffdx") << byte;
    }
}

TEST(Utf8, only_the_second_bytes_of_the_table_go_on) {
    for (unsigned first = 0xe0; first <= 0xf4; ++first) {
        for (unsigned second = 0x80; second <= 0xbf; ++second) {
            // Either a sequence that is cut off by 'x' (one replacement), or two bytes that are wrong alone.
            auto const expected = may_follow(first, second) ? U"\ufffdx" : U"\ufffd\ufffdx";
            EXPECT_EQ(decoded(text_of({first, second, 'x'})), expected) << first << ' ' << second;
        }
    }
}

TEST(Utf8, overlong_forms_surrogates_and_too_large_ones_give_no_code_point) {
    EXPECT_EQ(decoded("\xc0\xaf"), U"\ufffd\ufffd");                      // '/' in two bytes
    EXPECT_EQ(decoded("\xe0\x80\xaf"), U"\ufffd\ufffd\ufffd");            // in three
    EXPECT_EQ(decoded("\xf0\x80\x80\xaf"), U"\ufffd\ufffd\ufffd\ufffd");  // in four
    EXPECT_EQ(decoded("\xed\xa0\x80"), U"\ufffd\ufffd\ufffd");            // U+D800
    EXPECT_EQ(decoded("\xf4\x90\x80\x80"), U"\ufffd\ufffd\ufffd\ufffd");  // U+110000
    EXPECT_EQ(decoded("\xf5\x80\x80\x80"), U"\ufffd\ufffd\ufffd\ufffd");
}

TEST(Utf8, a_cut_sequence_is_one_replacement_and_what_cuts_it_is_kept) {
    EXPECT_EQ(decoded("\xe2\x82"
                      "A"),
              U"\ufffdA");
    EXPECT_EQ(decoded("\xf0\x9f\x98\xc3\xa9"), U"\ufffdé");
    EXPECT_EQ(decoded("\xe2\xe2\x82\xac"), U"\ufffd€");
    EXPECT_EQ(decoded("\xf0\x9f\xff"
                      "A"),
              U"\ufffd\ufffdA");
}

// The example below table 3-8 in the Unicode Standard.
TEST(Utf8, replaces_maximal_parts) {
    EXPECT_EQ(decoded("a\xf1\x80\x80\xe1\x80\xc2"
                      "b\x80"
                      "c\x80\xbf"
                      "d"),
              U"a\ufffd\ufffd\ufffdb\ufffdc\ufffd\ufffdd");
}

TEST(Utf8, finds_its_way_back_from_any_two_bytes) {
    for (unsigned first = 0; first <= 0xff; ++first) {
        for (unsigned second = 0; second <= 0xff; ++second) {
            auto const code_points = decoded(text_of({first, second}) + "A€");
            EXPECT_TRUE(code_points.ends_with(U"A€")) << first << ' ' << second;
            EXPECT_LE(code_points.size(), 4);
        }
    }
}

TEST(Utf8, emits_only_valid_code_points) {
    for (unsigned first = 0xe0; first <= 0xff; ++first) {
        for (unsigned second = 0; second <= 0xff; ++second) {
            for (char32_t const code_point : decoded(text_of({first, second, 0x80, 0xbf}))) {
                EXPECT_TRUE(code_point <= 0x10'ffff && !is_surrogate(code_point));
            }
        }
    }
}

TEST(Utf8, knows_when_it_is_between_two_code_points) {
    Utf8Decoder decoder;
    auto const feed = [&](unsigned byte) { decoder.feed(static_cast<std::uint8_t>(byte), [](char32_t) {}); };
    EXPECT_TRUE(decoder.is_idle());
    feed(0xc3);
    EXPECT_FALSE(decoder.is_idle());
    feed(0xa9);
    EXPECT_TRUE(decoder.is_idle());
}

}  // namespace
}  // namespace pith
