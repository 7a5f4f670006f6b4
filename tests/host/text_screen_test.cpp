// The VGA text screen, on an array in place of video memory.
#include "console/text_screen.hpp"
#include "fake_devices.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <format>
#include <memory>
#include <string>

namespace pith::console {
namespace {

using testing::FakeCrtController;
using Screen = TextScreen<testing::Handle<FakeCrtController>>;

constexpr char square = '\xfe';

// A screen with all that belongs to it.
class TextScreenTest : public ::testing::Test {
protected:
    TextScreenTest() {
        std::ranges::fill(video_, std::uint16_t{0xffff});  // whatever firmware has left
        EXPECT_TRUE(screen_.start(memory()));
    }

    Screen::VideoMemory memory() { return Screen::VideoMemory{video_}; }
    void write(std::string_view text) { screen_.write(text); }
    std::uint16_t cell(std::size_t row, std::size_t column) const {
        return video_[row * Screen::columns + column];
    }
    // A row's characters, without the blanks at its end.
    std::string row(std::size_t number) const {
        std::string text;
        for (std::size_t column = 0; column < Screen::columns; ++column) {
            text.push_back(static_cast<char>(cell(number, column)));
        }
        return text.substr(0, text.find_last_not_of(' ') + 1);
    }

    FakeCrtController controller_;
    Screen screen_{{&controller_}};
    std::array<std::uint16_t, Screen::cells> video_;
};

TEST_F(TextScreenTest, start_clears_it) {
    EXPECT_TRUE(std::ranges::all_of(video_, [](std::uint16_t cell) { return cell == 0x0720; }));
    EXPECT_EQ(controller_.cursor(), 0);
}

TEST_F(TextScreenTest, start_switches_the_cursor_on) {
    EXPECT_EQ(controller_.registers[0x0a] & 0x20, 0);
    EXPECT_LE(controller_.registers[0x0a], controller_.registers[0x0b]);
}

TEST_F(TextScreenTest, text_stands_where_it_was_written) {
    write("Hello");
    write(", world");
    EXPECT_EQ(row(0), "Hello, world");
    EXPECT_EQ(cell(0, 0), 0x0700 | 'H');
}

TEST_F(TextScreenTest, a_new_line_begins_at_the_left) {
    write("one\ntwo\n\nfour");
    EXPECT_EQ(row(0), "one");
    EXPECT_EQ(row(1), "two");
    EXPECT_EQ(row(2), "");
    EXPECT_EQ(row(3), "four");
}

TEST_F(TextScreenTest, the_cursor_follows) {
    write("ab");
    EXPECT_EQ(controller_.cursor(), 2);
    write("\nabc");
    EXPECT_EQ(controller_.cursor(), 83);
    write("\n\n\n");
    EXPECT_EQ(controller_.cursor(), 320);  // beyond one byte
}

TEST_F(TextScreenTest, a_carriage_return_goes_to_the_left) {
    write("hello\rJ");
    EXPECT_EQ(row(0), "Jello");
}

TEST_F(TextScreenTest, a_backspace_goes_one_to_the_left_and_no_further) {
    write("ab\bc");
    EXPECT_EQ(row(0), "ac");
    write("\n\b\bx");
    EXPECT_EQ(row(1), "x");
    EXPECT_EQ(row(0), "ac");
}

TEST_F(TextScreenTest, tabs_go_to_multiples_of_eight) {
    write("a\tb\t\tc");
    EXPECT_EQ(row(0), "a       b               c");
    write("\n1234567\tx\n12345678\ty");
    EXPECT_EQ(row(1), "1234567 x");
    EXPECT_EQ(row(2), "12345678        y");
}

TEST_F(TextScreenTest, a_tab_at_the_end_of_a_line_stays_in_the_screen) {
    write(std::string(79, 'x') + "\ty");
    EXPECT_EQ(row(0), std::string(79, 'x'));
    EXPECT_EQ(row(1), "y");
    write("\n" + std::string(80, 'x') + "\ty");
    EXPECT_EQ(row(3), "        y");
}

TEST_F(TextScreenTest, a_long_line_goes_on_in_the_next) {
    write(std::string(81, 'x'));
    EXPECT_EQ(row(0), std::string(80, 'x'));
    EXPECT_EQ(row(1), "x");
}

TEST_F(TextScreenTest, a_line_of_exactly_80_is_followed_by_no_empty_one) {
    write(std::string(80, 'x'));
    EXPECT_EQ(controller_.cursor(), 79);  // still on the screen
    write("\nnext");
    EXPECT_EQ(row(1), "next");
}

TEST_F(TextScreenTest, the_last_line_scrolls_the_others_up) {
    for (int line = 0; line < 30; ++line) write(std::format("line {}\n", line));
    for (std::size_t number = 0; number < 24; ++number)
        EXPECT_EQ(row(number), std::format("line {}", number + 6));
    EXPECT_EQ(row(24), "");
    EXPECT_EQ(controller_.cursor(), 24 * 80);
}

TEST_F(TextScreenTest, the_very_last_cell_scrolls_only_with_the_next_character) {
    write("top" + std::string(24, '\n') + std::string(80, 'x'));
    EXPECT_EQ(row(0), "top");
    EXPECT_EQ(controller_.cursor(), Screen::cells - 1);
    write("y");
    EXPECT_EQ(row(0), "");
    EXPECT_EQ(row(23), std::string(80, 'x'));
    EXPECT_EQ(row(24), "y");
}

TEST_F(TextScreenTest, scrolling_reads_no_video_memory) {
    write("kept\n");
    std::ranges::fill(video_, std::uint16_t{0xdead});
    write(std::string(24, '\n'));
    EXPECT_EQ(row(0), "");
    EXPECT_TRUE(std::ranges::all_of(video_, [](std::uint16_t cell) { return cell == 0x0720; }));
}

TEST_F(TextScreenTest, colours_go_with_the_text) {
    write("a\x1b[31mb\x1b[1mc\x1b[0;44md\x1b[7me\x1b[0mf");
    EXPECT_EQ(cell(0, 0), 0x0700 | 'a');
    EXPECT_EQ(cell(0, 1), 0x0400 | 'b');
    EXPECT_EQ(cell(0, 2), 0x0c00 | 'c');
    EXPECT_EQ(cell(0, 3), 0x1700 | 'd');
    EXPECT_EQ(cell(0, 4), 0x7100 | 'e');
    EXPECT_EQ(cell(0, 5), 0x0700 | 'f');
}

TEST_F(TextScreenTest, colours_scroll_along) {
    write("\n\x1b[32mgreen\x1b[0m" + std::string(24, '\n'));
    EXPECT_EQ(cell(0, 0), 0x0200 | 'g');
}

TEST_F(TextScreenTest, a_character_that_is_not_ascii_is_one_square) {
    write("aé€😀z");
    EXPECT_EQ(row(0), (std::string{'a', square, square, square, 'z'}));
}

TEST_F(TextScreenTest, other_control_characters_and_bad_utf8_are_squares) {
    write("\x01\x7f\xff|");
    EXPECT_EQ(row(0), (std::string{square, square, square, '|'}));
}

TEST_F(TextScreenTest, characters_and_sequences_may_come_in_pieces) {
    for (auto const* const piece : {"\xe2", "\x82", "\xac", "\x1b", "[3", "1m", "x"}) write(piece);
    EXPECT_EQ(row(0), (std::string{square, 'x'}));
    EXPECT_EQ(cell(0, 1), 0x0400 | 'x');
}

TEST_F(TextScreenTest, the_cursor_moves_as_sequences_say) {
    write("one\ntwo\x1b[AX\x1b[3DY\x1b[CZ");
    EXPECT_EQ(row(0), "oYeZ");
    EXPECT_EQ(row(1), "two");
    write("\x1b[2;3HV\x1b[HW");
    EXPECT_EQ(row(0), "WYeZ");
    EXPECT_EQ(row(1), "twV");
    EXPECT_EQ(controller_.cursor(), 1);
}

TEST_F(TextScreenTest, no_sequence_moves_the_cursor_out_of_the_screen) {
    write("\x1b[999A\x1b[999Da\x1b[999Cb\x1b[999;999Hc\x1b[Cd");
    EXPECT_EQ(cell(0, 0), 0x0700 | 'a');
    EXPECT_EQ(cell(0, 79), 0x0700 | 'b');
    EXPECT_EQ(cell(24, 79), 0x0700 | 'd');
}

// Behind a full line the cursor is still in its last column.
TEST_F(TextScreenTest, movements_after_a_full_line_begin_in_its_last_column) {
    write(std::string(80, 'x') + "\x1b[DA\x1b[CB");
    EXPECT_EQ(row(0), std::string(78, 'x') + "AB");
    EXPECT_EQ(row(1), "");
}

TEST_F(TextScreenTest, erases_to_the_end_or_all) {
    write("one\ntwo\nthree\x1b[2;2H\x1b[J");
    EXPECT_EQ(row(0), "one");
    EXPECT_EQ(row(1), "t");
    EXPECT_EQ(row(2), "");
    EXPECT_EQ(controller_.cursor(), 81);
    write("\x1b[1J");  // to the beginning: not ours
    EXPECT_EQ(row(0), "one");
    write("\x1b[2J");
    EXPECT_EQ(row(0), "");
    EXPECT_EQ(controller_.cursor(), 81);
}

TEST(TextScreen, says_that_there_is_no_controller) {
    FakeCrtController controller{.is_there = false};
    Screen screen{{&controller}};
    std::array<std::uint16_t, Screen::cells> video{};
    EXPECT_FALSE(screen.start(Screen::VideoMemory{video}));
    EXPECT_TRUE(std::ranges::all_of(video, [](std::uint16_t cell) { return cell == 0; }));
}

TEST(Cell, has_the_colours_of_vga) {
    constexpr std::array<unsigned, 8> numbers{0, 4, 2, 6, 1, 5, 3, 7};
    for (unsigned colour = 0; colour < 8; ++colour) {
        Style const style{.foreground = static_cast<Colour>(colour),
                          .background = static_cast<Colour>(7 - colour)};
        EXPECT_EQ((Cell{'x', style}.raw()), (numbers[7 - colour] << 12) | (numbers[colour] << 8) | 'x');
    }
}

TEST(Cell, bright_and_bold_are_the_same_foreground) {
    Style const bold{.foreground = Colour::blue, .is_bold = true};
    Style const bright{.foreground = Colour::blue, .is_foreground_bright = true};
    EXPECT_EQ((Cell{'x', bold}), (Cell{'x', bright}));
    // Bit 15 would make it blink.
    EXPECT_EQ((Cell{'x', Style{.background = Colour::blue, .is_background_bright = true}}.raw()),
              0x1700 | 'x');
    EXPECT_EQ((Cell{'x', Style{.is_bold = true, .is_reversed = true}}.raw()), 0x7000 | 'x');
}

TEST(Cell, reversed_exchanges_both_colours) {
    Style const style{.foreground = Colour::red, .background = Colour::white, .is_reversed = true};
    EXPECT_EQ((Cell{'x', style}), (Cell{'x', Style{.foreground = Colour::white, .background = Colour::red}}));
}

}  // namespace
}  // namespace pith::console
