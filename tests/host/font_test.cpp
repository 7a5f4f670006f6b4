// The font reader, on files made here: both versions of the format, and all that can be wrong with them.
#include "fonts.hpp"
#include "screen/font.hpp"

#include <gtest/gtest.h>

namespace pith::screen {
namespace {

using testing::font_1;
using testing::font_2;
using testing::FontFile;
using testing::glyphs_2;

std::expected<Font, FontError> read(FontFile const& file) { return Font::read(file.bytes); }
FontError error_of(FontFile const& file) { return read(file).error(); }

TEST(Font, of_version_1_has_glyphs_8_pixels_wide) {
    auto const file = font_1();
    auto const font = read(file);
    ASSERT_TRUE(font);
    EXPECT_EQ(font->width(), 8U);
    EXPECT_EQ(font->height(), 2U);
    EXPECT_EQ(font->glyph_count(), 256U);
    EXPECT_EQ(font->row(0x81, 0), 0x8100'0000U);
    EXPECT_EQ(font->row(0x81, 1), 0x7e00'0000U);
}

TEST(Font, of_version_1_may_have_512_glyphs) {
    auto file = font_1(1);
    for (unsigned glyph = 0; glyph < 256; ++glyph) file.byte(0).byte(glyph);
    auto const font = read(file);
    ASSERT_TRUE(font);
    EXPECT_EQ(font->glyph_count(), 512U);
    EXPECT_EQ(font->row(0x1ff, 1), 0xff00'0000U);
}

TEST(Font, without_a_table_is_numbered_by_character) {
    auto const file = font_1();
    EXPECT_EQ(read(file)->glyph_of(U'A'), 0x41);
    EXPECT_EQ(read(file)->glyph_of(U'\u2500'), Font::Glyph{'?'});  // not there
}

TEST(Font, of_version_1_has_a_table_of_16_bit_characters) {
    auto file = font_1(2);
    file.half(0x41).half(0x391).half(0xffff);                           // A, Alpha
    file.half(0x2500).half(0xfffe).half('e').half(0x301).half(0xffff);  // a line; and a sequence
    for (unsigned glyph = 2; glyph < 256; ++glyph) file.half(0xe000 + glyph).half(0xffff);
    auto const font = read(file);
    ASSERT_TRUE(font);
    EXPECT_EQ(font->glyph_of(U'A'), 0);
    EXPECT_EQ(font->glyph_of(U'\u0391'), 0);
    EXPECT_EQ(font->glyph_of(U'\u2500'), 1);
    EXPECT_EQ(font->glyph_of(U'\ue0ff'), 255);
    EXPECT_EQ(font->glyph_of(U'e'), 0);  // in a sequence only; and nothing stands for what is missing
}

TEST(Font, of_version_2_has_any_width) {
    auto const file = font_2();
    auto const font = read(file);
    ASSERT_TRUE(font);
    EXPECT_EQ(font->width(), 10U);
    EXPECT_EQ(font->row(1, 0), 0x8000'0000U);
    EXPECT_EQ(font->row(2, 1), 0x0040'0000U);
}

TEST(Font, of_version_2_has_a_table_in_utf8) {
    auto const file = font_2();
    auto const font = read(file);
    ASSERT_TRUE(font);
    EXPECT_EQ(font->glyph_of(U' '), 0);
    EXPECT_EQ(font->glyph_of(U'|'), 1);
    EXPECT_EQ(font->glyph_of(U'\u2502'), 1);
    EXPECT_EQ(font->glyph_of(U'x'), 2);
}

TEST(Font, shows_its_replacement_for_what_it_lacks) {
    auto const file = font_2();
    EXPECT_EQ(read(file)->glyph_of(U'\u4e00'), 3);
    EXPECT_EQ(read(file)->glyph_of(U'\u0301'), 3);  // only inside a sequence
    EXPECT_EQ(read(file)->glyph_of(U'\U0010ffff'), 3);
}

TEST(Font, gives_a_character_to_the_first_glyph_that_wants_it) {
    auto const file = glyphs_2().text("z\xff").text("a\xff").text("a\xff").text("a\xff");
    EXPECT_EQ(read(file)->glyph_of(U'a'), 1);
}

TEST(Font, may_have_bytes_behind_its_table) { EXPECT_TRUE(read(font_2().byte(0x80))); }

TEST(Font, begins_its_glyphs_where_the_header_ends) {
    auto file = glyphs_2({.size = 36, .flags = 0});
    file.bytes.insert(file.bytes.begin() + 32, 4, std::byte{0xee});
    ASSERT_TRUE(read(file));
    EXPECT_EQ(read(file)->row(1, 0), 0x8000'0000U);
}

TEST(Font, that_is_none_is_refused) {
    EXPECT_EQ(error_of(FontFile{}), FontError::unknown_format);
    EXPECT_EQ(error_of(FontFile{}.text("PFF2")), FontError::unknown_format);
    EXPECT_EQ(error_of(FontFile{}.byte(0x36)), FontError::unknown_format);
    EXPECT_EQ(error_of(FontFile{}.byte(0x72).byte(0xb5).byte(0x4a)), FontError::unknown_format);
}

TEST(Font, of_an_unknown_version_is_refused) {
    EXPECT_EQ(error_of(glyphs_2({.version = 1})), FontError::unknown_version);
    EXPECT_EQ(error_of(glyphs_2({.flags = 2})), FontError::unknown_version);
    EXPECT_EQ(error_of(font_1(8)), FontError::unknown_version);
}

TEST(Font, whose_glyphs_have_no_good_size_is_refused) {
    EXPECT_EQ(error_of(glyphs_2({.height = 0})), FontError::wrong_size);
    EXPECT_EQ(error_of(glyphs_2({.width = 0})), FontError::wrong_size);
    EXPECT_EQ(error_of(glyphs_2({.count = 0})), FontError::wrong_size);
    EXPECT_EQ(error_of(glyphs_2({.count = 0x1'0001})), FontError::wrong_size);
    EXPECT_EQ(error_of(glyphs_2({.glyph_bytes = 3})), FontError::wrong_size);
    EXPECT_EQ(error_of(glyphs_2({.glyph_bytes = 5})), FontError::wrong_size);
    EXPECT_EQ(error_of(glyphs_2({.glyph_bytes = 2 * 5, .height = 2, .width = 33})), FontError::wrong_size);
    EXPECT_EQ(error_of(glyphs_2({.glyph_bytes = 65 * 2, .height = 65})), FontError::wrong_size);
    EXPECT_EQ(error_of(FontFile{}.byte(0x36).byte(0x04).byte(0).byte(0)), FontError::wrong_size);
}

TEST(Font, that_is_cut_off_is_refused) {
    auto whole = font_2();
    ASSERT_TRUE(read(whole));
    while (!whole.bytes.empty()) {
        whole.bytes.pop_back();
        auto const font = read(whole);
        ASSERT_FALSE(font) << whole.bytes.size();
        auto const wanted = whole.bytes.size() < 4    ? FontError::unknown_format
                            : whole.bytes.size() < 48 ? FontError::too_short
                                                      : FontError::table_cut_off;
        EXPECT_EQ(font.error(), wanted) << whole.bytes.size();
    }
    EXPECT_EQ(error_of(FontFile{}.byte(0x36).byte(0x04).byte(0)), FontError::too_short);
    EXPECT_EQ(error_of(glyphs_2({.size = 31})), FontError::too_short);
    EXPECT_EQ(error_of(glyphs_2({.size = 0xffff'ffff})), FontError::too_short);
    EXPECT_EQ(error_of(font_1(2).half(0x41)), FontError::table_cut_off);
}

TEST(Font, whose_table_has_no_characters_is_refused) {
    EXPECT_EQ(error_of(glyphs_2().text("\xc0\x80\xff\xff\xff\xff")), FontError::wrong_character);  // overlong
    EXPECT_EQ(error_of(glyphs_2().text("\xed\xa0\x80\xff\xff\xff\xff")),
              FontError::wrong_character);  // surrogate
    EXPECT_EQ(error_of(glyphs_2().text("\xe2\x94\xff\xff\xff\xff")),
              FontError::wrong_character);  // cut in two
    EXPECT_EQ(error_of(font_1(2).half(0xd800).half(0xffff)), FontError::wrong_character);
}

TEST(Font, errors_say_what_is_wrong) {
    EXPECT_EQ(explain(FontError::unknown_format), "it is not a PC Screen Font");
    EXPECT_EQ(explain(FontError::unknown_version), "it has a version or a flag that is not known");
    EXPECT_EQ(explain(FontError::wrong_size), "its glyphs have no size that can be drawn");
    EXPECT_EQ(explain(FontError::too_short), "its header or its glyphs go beyond its end");
    EXPECT_EQ(explain(FontError::table_cut_off), "its table of characters is cut off");
    EXPECT_EQ(explain(FontError::wrong_character), "its table of characters has something else");
}

}  // namespace
}  // namespace pith::screen
