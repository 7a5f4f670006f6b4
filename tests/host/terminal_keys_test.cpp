// What terminals send when keys are pressed.
#include "input/terminal_keys.hpp"
#include "keys.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace pith::input {
namespace {

using Keys = std::vector<Key>;
using testing::text_of;

class Line {
public:
    Line& send(std::string_view bytes) {
        for (char const byte : bytes) {
            terminal_.feed(static_cast<std::uint8_t>(byte), [this](Key key) { keys_.push_back(key); });
        }
        return *this;
    }
    Line& pause() {
        terminal_.flush([this](Key key) { keys_.push_back(key); });
        return *this;
    }
    bool is_waiting() const { return terminal_.is_waiting(); }
    Keys keys() const { return keys_; }

private:
    TerminalKeys terminal_;
    Keys keys_;
};

Keys keys_of(std::string_view bytes) { return Line{}.send(bytes).keys(); }

TEST(TerminalKeys, text_comes_as_it_is) {
    EXPECT_EQ(text_of(keys_of("Hello, wörld €😀")), U"Hello, wörld €😀");
    EXPECT_EQ(text_of(keys_of("a\xc3(b")), U"a\uFFFD(b");  // malformed UTF-8 shows
}

TEST(TerminalKeys, enter_tab_and_backspace_have_their_names) {
    EXPECT_EQ(keys_of("\r"), Keys{{NamedKey::enter}});
    EXPECT_EQ(keys_of("\n"), Keys{{NamedKey::enter}});
    EXPECT_EQ(keys_of("\t"), Keys{{NamedKey::tab}});
    EXPECT_EQ(keys_of("\x7f\b"), (Keys{{NamedKey::backspace}, {NamedKey::backspace}}));
}

TEST(TerminalKeys, return_and_line_feed_together_are_one_enter) {
    EXPECT_EQ(keys_of("\r\n"), Keys{{NamedKey::enter}});
    EXPECT_EQ(keys_of("\r\n\n\r"), (Keys{{NamedKey::enter}, {NamedKey::enter}, {NamedKey::enter}}));
    EXPECT_EQ(keys_of("\ra\n"), (Keys{{NamedKey::enter}, {U'a'}, {NamedKey::enter}}));
    EXPECT_EQ(keys_of("\r\x1b[A\n"), (Keys{{NamedKey::enter}, {NamedKey::up}, {NamedKey::enter}}));
}

TEST(TerminalKeys, control_characters_are_letters_with_control) {
    using namespace std::string_view_literals;
    EXPECT_EQ(keys_of("\x01\x1a"), (Keys{{U'a', {.control = true}}, {U'z', {.control = true}}}));
    EXPECT_EQ(keys_of("\x03"), (Keys{{U'c', {.control = true}}}));
    EXPECT_EQ(keys_of("\0"sv), (Keys{{U' ', {.control = true}}}));
    EXPECT_EQ(keys_of("\x1c\x1f"), (Keys{{U'\\', {.control = true}}, {U'_', {.control = true}}}));
    EXPECT_EQ(keys_of("\xc2\x80\xc2\x9f"), Keys{});
}

TEST(TerminalKeys, escape_before_a_character_is_alt) {
    EXPECT_EQ(keys_of("\x1b"
                      "b"),
              (Keys{{U'b', {.alt = true}}}));
    EXPECT_EQ(keys_of("\x1bé"), (Keys{{U'é', {.alt = true}}}));
    EXPECT_EQ(keys_of("\x1b\x7f"), (Keys{{NamedKey::backspace, {.alt = true}}}));
    EXPECT_EQ(keys_of("\x1b\x03"), (Keys{{U'c', {.control = true, .alt = true}}}));
}

TEST(TerminalKeys, a_lone_escape_is_a_key_when_nothing_follows) {
    Line line;
    EXPECT_EQ(line.send("\x1b").keys(), Keys{});
    EXPECT_TRUE(line.is_waiting());
    EXPECT_EQ(line.pause().keys(), Keys{{NamedKey::escape}});
    EXPECT_FALSE(line.is_waiting());
    EXPECT_EQ(line.pause().send("a").keys(), (Keys{{NamedKey::escape}, {U'a'}}));
    EXPECT_EQ(keys_of("\x1b\x1b[A"), (Keys{{NamedKey::escape}, {NamedKey::up}}));
}

TEST(TerminalKeys, the_beginning_of_a_sequence_alone_is_a_key_with_alt) {
    EXPECT_EQ(Line{}.send("\x1b[").pause().keys(), (Keys{{U'[', {.alt = true}}}));
    EXPECT_EQ(Line{}.send("\x1bO").pause().keys(), (Keys{{U'O', {.alt = true}}}));
    EXPECT_EQ(Line{}.send("\x1b[1;").pause().send("A").keys(), Keys{{U'A'}});  // half a sequence is none
    EXPECT_EQ(Line{}.send("\x1b[[").pause().send("A").keys(), Keys{{U'A'}});
}

TEST(TerminalKeys, arrows_and_their_neighbours) {
    Keys const all{{NamedKey::up},   {NamedKey::down}, {NamedKey::right},
                   {NamedKey::left}, {NamedKey::home}, {NamedKey::end}};
    EXPECT_EQ(keys_of("\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F"), all);
    EXPECT_EQ(keys_of("\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF"), all);
    EXPECT_EQ(keys_of("\x1b[1~\x1b[7~\x1b[4~\x1b[8~"),
              (Keys{{NamedKey::home}, {NamedKey::home}, {NamedKey::end}, {NamedKey::end}}));
    EXPECT_EQ(keys_of("\x1b[2~\x1b[3~\x1b[5~\x1b[6~"),
              (Keys{{NamedKey::insert}, {NamedKey::del}, {NamedKey::page_up}, {NamedKey::page_down}}));
}

TEST(TerminalKeys, all_function_keys_of_xterm_and_linux) {
    Keys all;
    for (auto key = NamedKey::f1; key <= NamedKey::f12;
         key      = static_cast<NamedKey>(static_cast<int>(key) + 1))
        all.push_back({key});
    std::string_view const from_f6 = "\x1b[17~\x1b[18~\x1b[19~\x1b[20~\x1b[21~\x1b[23~\x1b[24~";
    EXPECT_EQ(Line{}.send("\x1bOP\x1bOQ\x1bOR\x1bOS\x1b[15~").send(from_f6).keys(), all);
    EXPECT_EQ(Line{}.send("\x1b[[A\x1b[[B\x1b[[C\x1b[[D\x1b[[E").send(from_f6).keys(), all);
    EXPECT_EQ(Line{}.send("\x1b[11~\x1b[12~\x1b[13~\x1b[14~\x1b[15~").send(from_f6).keys(), all);
}

TEST(TerminalKeys, modifiers_are_a_parameter) {
    EXPECT_EQ(keys_of("\x1b[1;5C"), (Keys{{NamedKey::right, {.control = true}}}));
    EXPECT_EQ(keys_of("\x1b[3;2~"), (Keys{{NamedKey::del, {.shift = true}}}));
    EXPECT_EQ(keys_of("\x1b[1;3P"), (Keys{{NamedKey::f1, {.alt = true}}}));
    EXPECT_EQ(keys_of("\x1b[24;8~"), (Keys{{NamedKey::f12, {.shift = true, .control = true, .alt = true}}}));
    EXPECT_EQ(keys_of("\x1b[Z"), (Keys{{NamedKey::tab, {.shift = true}}}));
}

TEST(TerminalKeys, sequences_that_are_no_key_are_dropped_whole) {
    for (auto const* const sequence :
         {"\x1b[?1;2c", "\x1b[24;80R", "\x1b[5n", "\x1b[16~", "\x1b[22~", "\x1b[25~", "\x1b[1;9A",
          "\x1b[1;2;3A", "\x1b[1;256A", "\x1b[2A", "\x1bOx", "\x1b[[F", "\x1b[[1"}) {
        EXPECT_EQ(text_of(Line{}.send(sequence).send("a").keys()), U"a") << sequence;
    }
    EXPECT_EQ(keys_of("\x1b[999999999999999999999999;1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17~"), Keys{});
}

TEST(TerminalKeys, what_cannot_be_in_a_sequence_cuts_it_off) {
    EXPECT_EQ(keys_of("\x1b[1;\r"), Keys{{NamedKey::enter}});
    EXPECT_EQ(keys_of("\x1b[1\x1b[A"), Keys{{NamedKey::up}});
    EXPECT_EQ(text_of(keys_of("\x1bOé")), U"é");
    EXPECT_EQ(keys_of("\x1b[[\x03"), (Keys{{U'c', {.control = true}}}));
}

}  // namespace
}  // namespace pith::input
