// ANSI escape sequences: the colours that we know, and whatever else may come.
#include "console/ansi.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>

namespace pith::console {
namespace {

// What is shown of a text, and the style after it.
struct Shown {
    std::u32string text;
    Style style;
};

Shown show(std::u32string_view input) {
    AnsiDecoder decoder;
    Shown shown;
    for (char32_t const character : input) decoder.feed(character, [&](char32_t put) { shown.text += put; });
    shown.style = decoder.style();
    return shown;
}

Style style_of(std::string_view parameters) {
    std::u32string sequence = U"\x1b[";
    sequence.append(parameters.begin(), parameters.end());
    return show(sequence + U"m").style;
}

Style style_of(unsigned parameter) { return style_of(std::format("{}", parameter)); }

TEST(Ansi, text_is_shown_as_it_is) {
    EXPECT_EQ(show(U"plain [31m €\n").text, U"plain [31m €\n");
    EXPECT_EQ(show(U"plain").style, Style{});
}

TEST(Ansi, sequences_are_not_shown) { EXPECT_EQ(show(U"a\x1b[1;31mb\x1b[0mc\x1b[2Jd").text, U"abcd"); }

TEST(Ansi, sets_all_colours) {
    for (unsigned number = 0; number < 8; ++number) {
        auto const colour = static_cast<Colour>(number);
        EXPECT_EQ(style_of(30 + number), (Style{.foreground = colour}));
        EXPECT_EQ(style_of(40 + number), (Style{.background = colour}));
        EXPECT_EQ(style_of(90 + number), (Style{.foreground = colour, .is_foreground_bright = true}));
        EXPECT_EQ(style_of(100 + number), (Style{.background = colour, .is_background_bright = true}));
    }
}

TEST(Ansi, sets_and_unsets_attributes) {
    EXPECT_EQ(style_of(1), (Style{.is_bold = true}));
    EXPECT_EQ(style_of(7), (Style{.is_reversed = true}));
    EXPECT_EQ(style_of("1;22"), Style{});
    EXPECT_EQ(style_of("7;27"), Style{});
}

TEST(Ansi, goes_back_to_the_usual_colours) {
    EXPECT_EQ(style_of("31;39"), Style{});
    EXPECT_EQ(style_of("91;39"), Style{});
    EXPECT_EQ(style_of("41;49"), Style{});
    EXPECT_EQ(style_of("101;49"), Style{});
}

TEST(Ansi, an_ordinary_colour_ends_a_bright_one) {
    EXPECT_EQ(style_of("92;32"), (Style{.foreground = Colour::green}));
    EXPECT_EQ(style_of("102;42"), (Style{.background = Colour::green}));
}

TEST(Ansi, resets_with_0_and_with_nothing) {
    EXPECT_EQ(style_of("1;7;31;42;0"), Style{});
    EXPECT_EQ(style_of(""), Style{});
    EXPECT_EQ(show(U"\x1b[31m\x1b[m").style, Style{});
    EXPECT_EQ(style_of("31;;1"), (Style{.is_bold = true}));  // what is left out is 0
}

TEST(Ansi, styles_add_up) {
    EXPECT_EQ(show(U"\x1b[31m\x1b[1m\x1b[44m").style,
              (Style{.foreground = Colour::red, .background = Colour::blue, .is_bold = true}));
}

TEST(Ansi, unknown_parameters_change_nothing) {
    for (unsigned const number :
         {2U, 3U, 4U, 5U, 8U, 9U, 21U, 28U, 29U, 50U, 89U, 98U, 99U, 108U, 131U, 999U, 1031U}) {
        EXPECT_EQ(style_of(number), Style{}) << number;
    }
}

TEST(Ansi, numbers_too_large_are_unknown_not_wrapped) {
    EXPECT_EQ(style_of("65567"), Style{});       // 31 + 2^16
    EXPECT_EQ(style_of("4294967327"), Style{});  // 31 + 2^32
    EXPECT_EQ(style_of("99999999999999999999999999931"), Style{});
}

TEST(Ansi, passes_over_256_colours_and_true_colours) {
    EXPECT_EQ(style_of("38;5;1;32"), (Style{.foreground = Colour::green}));
    EXPECT_EQ(style_of("48;5;31"), Style{});
    EXPECT_EQ(style_of("38;2;1;7;31;42"), (Style{.background = Colour::green}));
    EXPECT_EQ(style_of("38:5:31"), Style{});
}

TEST(Ansi, a_cut_off_256_colour_changes_nothing) {
    for (auto const parameters : {"38", "48", "38;5", "38;2", "38;2;31", "38;2;31;32"}) {
        EXPECT_EQ(style_of(parameters), Style{}) << parameters;
    }
}

TEST(Ansi, sixteen_parameters_count_and_the_rest_is_dropped) {
    EXPECT_EQ(style_of("0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;31"), (Style{.foreground = Colour::red}));
    EXPECT_EQ(style_of("0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;31;32"), (Style{.foreground = Colour::red}));
    std::string many = "31";
    for (int count = 0; count < 1000; ++count) many += ";34";
    EXPECT_EQ(style_of(many), (Style{.foreground = Colour::blue}));
}

TEST(Ansi, other_sequences_leave_the_style) {
    for (auto const* const sequence :
         {U"\x1b[31J", U"\x1b[31;1H", U"\x1b[?25h", U"\x1b[31 q", U"\x1b[~", U"\x1b[?31m", U"\x1b[>31m"}) {
        EXPECT_EQ(show(sequence).style, Style{});
        EXPECT_EQ(show(sequence).text, U"");
    }
}

TEST(Ansi, short_sequences_are_one_character_long) {
    EXPECT_EQ(show(U"\x1b"
                   "cabc\x1b"
                   "Mdef")
                  .text,
              U"abcdef");
}

TEST(Ansi, an_escape_begins_anew_wherever_it_comes) {
    EXPECT_EQ(show(U"\x1b[3\x1b[31mx").style, (Style{.foreground = Colour::red}));
    EXPECT_EQ(show(U"\x1b[3\x1b[31mx").text, U"x");
    EXPECT_EQ(show(U"\x1b\x1b[31mx").style, (Style{.foreground = Colour::red}));
    EXPECT_EQ(show(U"\x1b\x1b[31mx").text, U"x");
}

// A sequence that a line's end cuts off must not swallow it.
TEST(Ansi, what_cannot_be_in_a_sequence_ends_it_and_is_shown) {
    EXPECT_EQ(show(U"\x1b[31\nnext").text, U"\nnext");
    EXPECT_EQ(show(U"\x1b[31\nnext").style, Style{});
    EXPECT_EQ(show(U"\x1b[31€").text, U"€");
    EXPECT_EQ(show(U"\x1b\nnext").text, U"\nnext");
}

TEST(Ansi, no_parameters_stay_behind_for_the_next_sequence) {
    EXPECT_EQ(show(U"\x1b[31J\x1b[m\x1b[1m").style, (Style{.is_bold = true}));
    EXPECT_EQ(show(U"\x1b[1;2;3;4H\x1b[32m").style, (Style{.foreground = Colour::green}));
}

TEST(Ansi, our_own_constants_mean_what_they_say) {
    auto const after = [](std::string_view text) {
        return show(std::u32string{text.begin(), text.end()}).style;
    };
    EXPECT_EQ(after(ansi::reset), Style{});
    EXPECT_EQ(after(ansi::bold), (Style{.is_bold = true}));
    EXPECT_EQ(after(ansi::yellow), (Style{.foreground = Colour::yellow}));
    EXPECT_EQ(after(ansi::bold_red), (Style{.foreground = Colour::red, .is_bold = true}));
    EXPECT_EQ(after(ansi::bold_green), (Style{.foreground = Colour::green, .is_bold = true}));
}

}  // namespace
}  // namespace pith::console
