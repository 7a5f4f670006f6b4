// The screen of cells, on an array in place of video memory: which can be written to, and that is all.
#include "fonts.hpp"
#include "screen/cell_screen.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace pith::screen {
namespace {

// What a framebuffer got. The screen has a handle, which has no way to read.
struct Video {
    std::vector<std::byte> bytes;
    std::size_t writes = 0, written = 0;
};
struct WriteOnly {
    Video* video;

    void write(std::uint64_t offset, std::span<std::byte const> pixels) const {
        ++video->writes;
        video->written += pixels.size();
        ASSERT_LE(offset + pixels.size(), video->bytes.size());
        std::ranges::copy(pixels, std::span{video->bytes}.subspan(offset).begin());
    }
};
using Screen = CellScreen<WriteOnly>;

constexpr std::uint32_t glyph_width = 10, glyph_height = 2;
constexpr std::byte never_written{0xee};

struct Layout {
    std::uint32_t width = 45, height = 7;  // 4 x 3 cells, and a margin
    std::uint8_t bits = 32;
    boot::ColourField red{16, 8}, green{8, 8}, blue{0, 8};

    std::uint32_t bytes() const { return (bits + 7U) / 8; }
    std::uint32_t pitch() const { return width * bytes() + 3; }  // lines at odd addresses
};

class CellScreenTest : public ::testing::Test {
protected:
    CellScreenTest() { start({}); }

    void start(Layout const& layout) {
        layout_           = layout;
        auto const format = PixelFormat::of({.address        = PhysAddr{0},
                                             .pitch          = layout.pitch(),
                                             .width          = layout.width,
                                             .height         = layout.height,
                                             .bits_per_pixel = layout.bits,
                                             .kind           = boot::Framebuffer::Kind::rgb,
                                             .red            = layout.red,
                                             .green          = layout.green,
                                             .blue           = layout.blue});
        format_           = std::make_unique<PixelFormat>(*format);
        video_            = {};
        video_.bytes.assign(std::size_t{layout.pitch()} * layout.height, never_written);
        Picture const picture{
            .pitch = layout.pitch(), .width = layout.width, .height = layout.height, .format = *format};
        ASSERT_TRUE(Screen::fits(picture, *Font::read(file_.bytes)));
        screen_ = std::make_unique<Screen>(WriteOnly{&video_}, picture, *Font::read(file_.bytes));
    }
    void write(std::string_view text) { screen_->write(text); }
    std::size_t bytes_written_by(std::string_view text) {
        video_.written = 0;
        write(text);
        return video_.written;
    }

    std::uint32_t pixel(std::size_t x, std::size_t y) const {
        std::uint32_t value = 0;
        for (std::size_t byte = layout_.bytes(); byte-- > 0;)
            value = value << 8 | static_cast<std::uint32_t>(
                                     video_.bytes[y * layout_.pitch() + x * layout_.bytes() + byte]);
        return value;
    }
    // What the pixels of a cell show, by the pictures of fonts.hpp, where `colour` is set; '#' is what the
    // font has for U+FFFD, and '!' no picture of it.
    char shown(std::size_t row, std::size_t column, Rgb colour) const {
        std::string picture;
        for (std::size_t y = 0; y < glyph_height; ++y)
            for (std::size_t x = 0; x < glyph_width; ++x)
                picture += pixel(column * glyph_width + x, row * glyph_height + y) == format_->pixel(colour)
                               ? '*'
                               : '.';
        if (picture == "....................") return ' ';
        if (picture == "*.........*.........") return '|';
        if (picture == ".........*.........*") return 'x';
        if (picture == "********************") return '#';
        return '!';
    }
    std::string row(std::size_t number, Rgb colour = palette[7]) const {
        std::string text;
        for (std::size_t column = 0; column < 4; ++column) text += shown(number, column, colour);
        return text;
    }
    // The whole screen, with the cursor at its place: a blank cell all in the foreground's colour.
    std::string text() const { return row(0) + "/" + row(1) + "/" + row(2); }

    testing::FontFile file_ = testing::font_2();
    Layout layout_;
    std::unique_ptr<PixelFormat> format_;
    Video video_;
    std::unique_ptr<Screen> screen_;
};

TEST_F(CellScreenTest, has_as_many_cells_as_there_is_room_for) {
    EXPECT_EQ(screen_->columns(), 4U);
    EXPECT_EQ(screen_->rows(), 3U);
}

TEST_F(CellScreenTest, start_clears_the_picture_and_nothing_beside_it) {
    for (std::size_t y = 0; y < layout_.height; ++y) {
        for (std::size_t x = glyph_width; x < layout_.width; ++x) EXPECT_EQ(pixel(x, y), 0U);
        for (std::size_t byte = layout_.width * 4; byte < layout_.pitch(); ++byte)
            EXPECT_EQ(video_.bytes[y * layout_.pitch() + byte], never_written);
    }
    EXPECT_EQ(text(), "#   /    /    ");  // the cursor
}

TEST_F(CellScreenTest, shows_text_where_it_was_written) {
    write("x|\nx");
    EXPECT_EQ(text(), "x|  /x#  /    ");
    write("|");
    EXPECT_EQ(text(), "x|  /x|# /    ");
}

TEST_F(CellScreenTest, the_cursor_turns_a_cell_around) {
    write("xx\r");
    EXPECT_EQ(shown(0, 0, palette[0]), 'x');  // a black x on white
    EXPECT_EQ(shown(0, 1, palette[7]), 'x');
    write("\n");
    EXPECT_EQ(text(), "xx  /#   /    ");
}

TEST_F(CellScreenTest, in_a_full_row_the_cursor_stays_on_the_last_character) {
    write("|||x");
    EXPECT_EQ(shown(0, 3, palette[0]), 'x');
    EXPECT_EQ(row(1), "    ");
}

TEST_F(CellScreenTest, a_long_line_goes_on_in_the_next) {
    write("xxxx||");
    EXPECT_EQ(text(), "xxxx/||# /    ");
}

TEST_F(CellScreenTest, tabs_end_with_the_row) {
    write("x\t|");
    EXPECT_EQ(text(), "x   /|#  /    ");
}

TEST_F(CellScreenTest, draws_every_layout_of_pixels) {
    for (auto const& layout :
         {Layout{}, Layout{.bits = 32, .red = {0, 8}, .green = {8, 8}, .blue = {16, 8}},
          Layout{.bits = 30, .red = {20, 10}, .green = {10, 10}, .blue = {0, 10}}, Layout{.bits = 24},
          Layout{.bits = 16, .red = {11, 5}, .green = {5, 6}, .blue = {0, 5}},
          Layout{.bits = 15, .red = {10, 5}, .green = {5, 5}, .blue = {0, 5}},
          Layout{.bits = 8, .red = {5, 3}, .green = {2, 3}, .blue = {0, 2}}}) {
        start(layout);
        write("x|\n|x\nxx|");
        EXPECT_EQ(text(), "x|  /|x  /xx|#") << int{layout.bits};
        for (std::size_t y = 0; y < layout.height; ++y)
            EXPECT_EQ(video_.bytes[(y + 1) * layout.pitch() - 1], never_written);
    }
}

TEST_F(CellScreenTest, shows_the_fonts_replacement_for_what_it_lacks) {
    write("\xe4\xb8\x80x\xff|\n");  // a Chinese character, a byte that begins nothing
    EXPECT_EQ(row(0), "#x#|");
}

TEST_F(CellScreenTest, knows_characters_beyond_ascii) {
    write("\xe2\x94");
    EXPECT_EQ(row(0), "#   ");  // not yet
    write("\x82");
    EXPECT_EQ(row(0), "|#  ");
}

TEST_F(CellScreenTest, shows_colours) {
    write("\x1b[31mx\x1b[0;42m|\x1b[97;44mx\x1b[0m\n");
    EXPECT_EQ(shown(0, 0, palette[1]), 'x');
    EXPECT_EQ(shown(0, 1, palette[7]), '|');
    EXPECT_EQ(pixel(glyph_width + 5, 0), format_->pixel(palette[2]));
    EXPECT_EQ(shown(0, 2, palette[15]), 'x');
    EXPECT_EQ(pixel(2 * glyph_width, 0), format_->pixel(palette[4]));
    EXPECT_EQ(shown(0, 3, palette[7]), ' ');
}

TEST_F(CellScreenTest, bold_is_bright_and_reversed_is_turned_around) {
    write("\x1b[1;32mx\x1b[0;7m|\x1b[0m\x1b[101m \x1b[0m\n");
    EXPECT_EQ(shown(0, 0, palette[10]), 'x');
    EXPECT_EQ(shown(0, 1, palette[0]), '|');
    EXPECT_EQ(pixel(2 * glyph_width, 0), format_->pixel(palette[9]));
}

TEST_F(CellScreenTest, scrolls) {
    write("x\n|\nxx\n||\n");
    EXPECT_EQ(text(), "xx  /||  /#   ");
    write("x|x|");
    EXPECT_EQ(row(1), "||  ");
    write("|");
    EXPECT_EQ(text(), "||  /x|x|/|#  ");
    for (int line = 0; line < 100; ++line) write("||\nx\n");
    EXPECT_EQ(text(), "||  /x   /#   ");
}

TEST_F(CellScreenTest, what_scrolls_away_in_one_piece_is_not_drawn) {
    write("xx\n");
    video_.written = 0;
    std::string lines;
    for (int line = 0; line < 1000; ++line) lines += "||||\nxxxx\n";
    write(lines + "xx\n");
    EXPECT_LE(video_.written, std::size_t{3} * 4 * glyph_width * glyph_height * 4);
    EXPECT_EQ(text(), "xxxx/xx  /#   ");
}

TEST_F(CellScreenTest, draws_only_what_changed) {
    constexpr std::size_t cell = glyph_width * glyph_height * 4;
    EXPECT_EQ(bytes_written_by(""), 0U);
    EXPECT_EQ(bytes_written_by("x"), 2 * cell);   // and the cursor
    EXPECT_EQ(bytes_written_by("\rx"), 0U);       // all as it was
    EXPECT_EQ(bytes_written_by("\r"), 2 * cell);  // the cursor came from there
    EXPECT_EQ(bytes_written_by("\n"), 2 * cell);
    EXPECT_EQ(bytes_written_by("\x1b[31m"), 0U);
    EXPECT_EQ(bytes_written_by("x"), 2 * cell);
    EXPECT_EQ(bytes_written_by("\x1b[0m\n\n"),
              4 * cell);  // both x move up by a row, in their colours, and the cursor
}

TEST_F(CellScreenTest, scrolling_draws_no_cell_that_stays_the_same) {
    write("xxxx\nxxxx\nxxxx");
    auto const written = bytes_written_by("\nxxxx");
    EXPECT_EQ(written, 0U);
}

TEST_F(CellScreenTest, neighbours_of_the_same_colours_are_drawn_in_one_stroke) {
    video_.writes = 0;
    write("xxx");
    EXPECT_EQ(video_.writes, 2 * glyph_height);  // the text; the cursor
    video_.writes = 0;
    write("\r|\x1b[31m||\x1b[0m");
    EXPECT_EQ(video_.writes, 2 * glyph_height);  // the white; the red
}

TEST_F(CellScreenTest, one_character_is_room_enough) {
    start({.width = 10, .height = 2});
    write("x|\nx");
    EXPECT_EQ(shown(0, 0, palette[0]), 'x');  // under the cursor
    auto const font = Font::read(file_.bytes);
    Picture const narrow{.pitch = 40, .width = 9, .height = 2, .format = *format_};
    Picture const low{.pitch = 40, .width = 10, .height = 1, .format = *format_};
    EXPECT_FALSE(Screen::fits(narrow, *font) || Screen::fits(low, *font));
}

// A panic may write while a `write` is under way: it comes from inside the memory's own `write` here.
struct Panicking {
    Video* video;
    console::Sink** screen;

    void write(std::uint64_t offset, std::span<std::byte const> pixels) const {
        WriteOnly{video}.write(offset, pixels);
        if (auto* const interrupted = std::exchange(*screen, nullptr)) interrupted->write("|||\n");
    }
};

TEST_F(CellScreenTest, a_panic_can_write_over_an_interrupted_write) {
    console::Sink* target = nullptr;
    Picture const picture{
        .pitch = layout_.pitch(), .width = layout_.width, .height = layout_.height, .format = *format_};
    CellScreen<Panicking> screen{Panicking{&video_, &target}, picture, *Font::read(file_.bytes)};
    target = &screen;
    screen.write("xx\n");
    EXPECT_EQ(text(), "xx  /||| /#   ");
}

}  // namespace
}  // namespace pith::screen
