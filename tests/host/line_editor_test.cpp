// Editing a line: what it is afterwards, and what the terminal shows at every moment.
#include "console/text_screen.hpp"
#include "failure.hpp"
#include "fake_devices.hpp"
#include "input/line_editor.hpp"
#include "input/text.hpp"
#include "keys.hpp"
#include "terminal_emulator.hpp"

#include <gtest/gtest.h>

#include <random>

namespace pith::input {
namespace {

using testing::TerminalEmulator;
using enum NamedKey;
using Outcome = LineEditor::Outcome;

constexpr std::string_view prompt         = "\x1b[1;32mpith>\x1b[0m ";
constexpr std::u32string_view prompt_text = U"pith> ";

constexpr Key control(char32_t letter) { return {letter, {.control = true}}; }
constexpr Key alt(char32_t letter) { return {letter, {.alt = true}}; }

std::vector<std::string> commands(std::string_view before) {
    if (before.contains(' ')) return {"on", "off", "--level="};
    return {"help", "heap", "heat", "memory", "größe", "größer"};
}

// An editor at a terminal. After each key, what is shown is compared with what there is.
class Session {
public:
    explicit Session(std::size_t width = 80, std::size_t history = 100)
        : terminal_{width}, editor_{{.width = width, .history = history, .complete = commands}} {
        begin();
    }

    void begin() {
        std::string out;
        editor_.begin(std::string{prompt}, std::back_inserter(out));
        terminal_.write(out);
        expect_shown();
    }
    Outcome press(Key key) {
        std::string out;
        auto const outcome = editor_.feed(key, std::back_inserter(out));
        terminal_.write(out);
        if (outcome == Outcome::editing) expect_shown();
        return outcome;
    }
    Session& type(std::string_view text) {
        for (char32_t const character : decode(text)) press({character});
        return *this;
    }
    Session& keys(std::initializer_list<Key> keys) {
        for (auto const& key : keys) press(key);
        return *this;
    }
    // Types a line and enters it.
    Session& enter(std::string_view text) {
        type(text).press({NamedKey::enter});
        begin();
        return *this;
    }

    std::string text() const { return editor_.text(); }
    // The line, with a bar where the cursor stands.
    std::string line() const {
        auto shown = decode(editor_.text());
        shown.insert(editor_.cursor(), U"|");
        return encode(shown);
    }
    LineEditor& editor() { return editor_; }
    TerminalEmulator& terminal() { return terminal_; }

    void expect_shown() {
        std::u32string wanted{prompt_text};
        for (char32_t const character : decode(editor_.text())) wanted.push_back(shown_as(character));
        EXPECT_TRUE(testing::shows(terminal_, wanted, prompt_text.size() + editor_.cursor())) << line();
    }

private:
    TerminalEmulator terminal_;
    LineEditor editor_;
};

TEST(LineEditor, a_line_is_typed_and_entered) {
    Session session;
    session.type("hëllo €");
    EXPECT_EQ(session.press({enter}), Outcome::entered);
    EXPECT_EQ(session.text(), "hëllo €");
    EXPECT_EQ(session.terminal().cursor_row(), 1U);
    EXPECT_EQ(session.terminal().cursor_column(), 0U);
}

TEST(LineEditor, typing_at_the_end_sends_the_character_alone) {
    Session session;
    session.type("hell").terminal().take_sent();
    EXPECT_EQ(session.type("o").terminal().take_sent(), 1U);
    session.press({left});
    EXPECT_EQ(session.terminal().take_sent(), 1U);  // a backspace
    session.press({up});
    EXPECT_EQ(session.terminal().take_sent(), 0U);  // nothing changed
}

TEST(LineEditor, moves_by_character_and_stays_in_the_line) {
    Session session;
    session.type("ab").keys({{left}, {left}, {left}});
    EXPECT_EQ(session.line(), "|ab");
    EXPECT_EQ(session.keys({{right}, control(U'f'), {right}}).line(), "ab|");
    EXPECT_EQ(session.keys({control(U'b')}).line(), "a|b");
    EXPECT_EQ(session.keys({{home}}).line(), "|ab");
    EXPECT_EQ(session.keys({{end}}).line(), "ab|");
    EXPECT_EQ(session.keys({control(U'a')}).type("x").line(), "x|ab");
    EXPECT_EQ(session.keys({control(U'e')}).line(), "xab|");
}

TEST(LineEditor, moves_by_word) {
    Session session;
    session.type("one  two-drei_4 ö");
    EXPECT_EQ(session.keys({alt(U'b')}).line(), "one  two-drei_4 |ö");
    EXPECT_EQ(session.keys({{left, {.control = true}}}).line(), "one  two-|drei_4 ö");
    EXPECT_EQ(session.keys({{left, {.alt = true}}, alt(U'b'), alt(U'b')}).line(), "|one  two-drei_4 ö");
    EXPECT_EQ(session.keys({{right, {.control = true}}}).line(), "one|  two-drei_4 ö");
    EXPECT_EQ(session.keys({alt(U'f'), {right, {.alt = true}}}).line(), "one  two-drei_4| ö");
}

TEST(LineEditor, deletes_on_both_sides) {
    Session session;
    session.type("abcd").keys({{left}, {left}, {backspace}});
    EXPECT_EQ(session.line(), "a|cd");
    EXPECT_EQ(session.keys({{del}}).line(), "a|d");
    EXPECT_EQ(session.keys({control(U'd'), {del}}).line(), "a|");
    EXPECT_EQ(session.keys({{backspace}, {backspace}}).line(), "|");
}

TEST(LineEditor, kills_and_brings_back) {
    Session session;
    session.type("one two three").keys({alt(U'b'), control(U'k')});
    EXPECT_EQ(session.line(), "one two |");
    EXPECT_EQ(session.keys({{home}, control(U'y')}).line(), "three|one two ");
    EXPECT_EQ(session.keys({control(U'u')}).line(), "|one two ");
    EXPECT_EQ(session.keys({alt(U'd')}).line(), "| two ");
    EXPECT_EQ(session.keys({{end}, control(U'w')}).line(), " |");
    EXPECT_EQ(session.keys({control(U'y'), {backspace, {.alt = true}}}).line(), " |");
    EXPECT_EQ(session.keys({control(U'k'), control(U'y')}).line(),
              " two |");  // killing nothing keeps what was killed
    EXPECT_EQ(session.keys({{backspace, {.control = true}}}).line(), " |");
}

TEST(LineEditor, control_c_gives_up_and_shows_it) {
    Session session;
    session.type("abc").keys({{left}});
    EXPECT_EQ(session.press(control(U'c')), Outcome::cancelled);
    EXPECT_EQ(session.text(), "");
    EXPECT_EQ(session.terminal().row(0), U"pith> abc^C");
    session.begin();
    EXPECT_EQ(session.keys({{up}}).text(), "");  // it is not in the history
}

TEST(LineEditor, control_d_ends_an_empty_line_only) {
    Session session;
    session.type("a").keys({{left}, control(U'd')});
    EXPECT_EQ(session.line(), "|");
    EXPECT_EQ(session.press(control(U'd')), Outcome::ended);
    EXPECT_EQ(session.terminal().cursor_row(), 1U);
}

TEST(LineEditor, keys_without_a_meaning_do_nothing) {
    Session session;
    session.type("a").keys(
        {{f1}, {escape}, alt(U'x'), control(U'x'), {menu}, {up, {.alt_gr = true}}, {tab, {.shift = true}}});
    EXPECT_EQ(session.line(), "a|");
}

TEST(LineEditor, walks_through_what_was_entered) {
    Session session;
    session.enter("one").enter("two").type("unfinished");
    EXPECT_EQ(session.keys({{up}}).line(), "two|");
    EXPECT_EQ(session.keys({control(U'p'), {up}}).line(), "one|");
    EXPECT_EQ(session.keys({{down}}).line(), "two|");
    EXPECT_EQ(session.keys({control(U'n')}).line(), "unfinished|");
    EXPECT_EQ(session.keys({{down}}).line(), "unfinished|");
}

TEST(LineEditor, changes_to_an_old_line_leave_the_history_alone) {
    Session session;
    session.enter("one").enter("two").keys({{up}}).type("!").keys({{up}, {down}});
    EXPECT_EQ(session.line(), "two|");
    session.type("?").press({enter});
    EXPECT_EQ(session.text(), "two?");
    session.begin();
    EXPECT_EQ(session.keys({{up}, {up}}).line(), "two|");
}

TEST(LineEditor, a_walk_that_was_given_up_is_over) {
    Session session;
    session.enter("one").enter("two").keys({{up}, {up}}).press(control(U'c'));
    session.begin();
    EXPECT_EQ(session.keys({{up}}).line(), "two|");
}

TEST(LineEditor, the_history_is_bounded_and_has_nothing_twice_in_a_row) {
    Session session{80, 2};
    session.enter("one").enter("two").enter("two").enter("");
    EXPECT_EQ(session.editor().history().entries(), (std::deque<std::u32string>{U"one", U"two"}));
    session.enter("three").enter("two");
    EXPECT_EQ(session.editor().history().entries(), (std::deque<std::u32string>{U"three", U"two"}));
    Session forgetful{80, 0};
    EXPECT_EQ(forgetful.enter("one").keys({{up}}).line(), "|");
}

TEST(LineEditor, completes_what_is_clear) {
    Session session;
    EXPECT_EQ(session.type("m").keys({{tab}}).line(), "memory |");
    EXPECT_EQ(session.type("of").keys({{tab}}).line(), "memory off |");
    EXPECT_EQ(session.keys({control(U'u')}).type("gr").keys({{tab}}).line(), "größe|");
    EXPECT_EQ(session.keys({control(U'u')}).type("x").keys({{tab}, {tab}}).line(), "x|");
    EXPECT_EQ(session.keys({control(U'u')}).type("m x").keys({{home}, {right}, {tab}}).line(), "memory| x");
}

TEST(LineEditor, what_goes_on_with_a_value_gets_no_blank) {
    Session session;
    EXPECT_EQ(session.type("memory --le").keys({{tab}}).line(), "memory --level=|");
    EXPECT_EQ(session.keys({{tab}, {tab}}).line(), "memory --level=|");
    EXPECT_EQ(session.terminal().rows(), 1U);
}

TEST(LineEditor, completes_the_common_part_and_lists_with_the_second_tab) {
    Session session;
    EXPECT_EQ(session.type("hea").keys({{tab}}).line(), "hea|");
    EXPECT_EQ(session.terminal().rows(), 1U);
    EXPECT_EQ(session.keys({{tab}}).line(), "hea|");
    EXPECT_EQ(session.terminal().row(0), U"pith> hea");
    EXPECT_EQ(session.terminal().row(1), U"heap  heat");
    EXPECT_EQ(session.terminal().row(2), U"pith> hea");
    EXPECT_EQ(session.type("t").keys({{tab}}).line(), "heat |");
}

TEST(LineEditor, only_a_tab_right_behind_a_tab_lists) {
    Session session;
    session.type("h").keys({{tab}, {left}, {right}, {tab}});
    EXPECT_EQ(session.terminal().rows(), 1U);
    EXPECT_EQ(session.keys({{tab}}).terminal().rows(), 3U);
}

TEST(LineEditor, a_long_list_goes_in_columns) {
    Session session{20};
    session.keys({{tab}, {tab}});
    EXPECT_EQ(session.terminal().row(1), U"help    heap");
    EXPECT_EQ(session.terminal().row(2), U"heat    memory");
    EXPECT_EQ(session.terminal().row(3), U"größe   größer");
    EXPECT_EQ(session.terminal().row(4), U"pith>");
}

TEST(LineEditor, without_a_completer_tab_does_nothing) {
    LineEditor editor;
    std::string out;
    editor.begin("> ", std::back_inserter(out));
    EXPECT_EQ(editor.feed({tab}, std::back_inserter(out)), Outcome::editing);
    EXPECT_EQ(out, "> ");
}

TEST(LineEditor, a_long_line_goes_on_in_the_next_rows) {
    Session session{10};
    session.type("0123456789012345");
    EXPECT_EQ(session.terminal().row(0), U"pith> 0123");
    EXPECT_EQ(session.terminal().row(1), U"4567890123");
    EXPECT_EQ(session.terminal().row(2), U"45");
    EXPECT_EQ(session.keys({{home}}).type("ab").line(), "ab|0123456789012345");
    EXPECT_EQ(session.keys({{end}, control(U'w')}).line(), "|");
    EXPECT_EQ(session.terminal().row(1), U"");
}

TEST(LineEditor, behind_a_line_that_fills_its_row_no_row_is_left_out) {
    Session session{10};
    session.type("0123").press({enter});
    EXPECT_EQ(session.terminal().cursor_row(), 1U);
    session.begin();
    EXPECT_EQ(session.terminal().row(1), U"pith>");
}

TEST(LineEditor, the_screen_can_be_cleared) {
    Session session;
    session.enter("one").type("two").keys({{left}, control(U'l')});
    EXPECT_EQ(session.terminal().row(0), U"pith> two");
    EXPECT_EQ(session.line(), "tw|o");
}

TEST(LineEditor, others_may_write_while_the_line_is_hidden) {
    Session session{10};
    session.type("0123456").keys({{left}});
    std::string out;
    session.editor().hide(std::back_inserter(out));
    out += "news\n";
    session.editor().show(std::back_inserter(out));
    session.terminal().write(out);
    EXPECT_EQ(session.terminal().row(0), U"news");
    EXPECT_EQ(session.terminal().row(1), U"pith> 0123");
    session.expect_shown();
}

TEST(LineEditor, a_line_has_a_largest_length) {
    Session session;
    session.type(std::string(LineEditor::max_length + 5, 'x'));
    EXPECT_EQ(session.text().size(), LineEditor::max_length);
    session.keys({control(U'u'), control(U'y'), control(U'y')});  // the second does not fit
    EXPECT_EQ(session.text().size(), LineEditor::max_length);
}

// Nobody could say how many cells they take.
TEST(LineEditor, characters_of_another_width_are_kept_and_shown_as_one_cell) {
    Session session;
    session.type("a漢\u0301😀b");
    EXPECT_EQ(session.terminal().row(0), U"pith> a\uFFFD\uFFFD\uFFFDb");
    EXPECT_EQ(session.text(), "a漢\u0301😀b");
}

TEST(LineEditor, a_prompt_must_leave_room) {
    std::string out;
    LineEditor editor{{.width = 5}};
    editor.begin("1234", std::back_inserter(out));
    auto const begin_too_wide = [&] {
        editor.begin("12345", std::back_inserter(out));
        return true;
    };
    EXPECT_EQ(testing::failure_of(begin_too_wide), "a prompt as wide as the terminal");
}

// The same on the screen of the kernel's console, as it scrolls.
TEST(LineEditor, the_text_screen_understands_it) {
    testing::FakeCrtController controller;
    console::TextScreen<testing::Handle<testing::FakeCrtController>> screen{{&controller}};
    std::array<std::uint16_t, 80 * 25> video{};
    ASSERT_TRUE(screen.start(decltype(screen)::VideoMemory{video}));
    screen.write(std::string(24, '\n'));
    LineEditor editor;
    std::string out;
    editor.begin("> ", std::back_inserter(out));
    for (int count = 0; count < 200; ++count)
        editor.feed({U'a' + static_cast<char32_t>(count % 26)}, std::back_inserter(out));
    for (auto const& key : {Key{home}, Key{U'X'}, Key{end}, Key{backspace}, alt(U'b'), Key{U'Y'}})
        editor.feed(key, std::back_inserter(out));
    screen.write(out);
    std::string shown;
    for (std::size_t index = 22 * 80; index < 25 * 80; ++index)
        shown.push_back(static_cast<char>(video[index]));
    EXPECT_EQ(shown.substr(0, 2 + editor.text().size()), "> " + editor.text());
    EXPECT_EQ(editor.text().substr(0, 3), "YXa");
    EXPECT_EQ(controller.cursor(), 22 * 80 + 3U);
}

// What a line is after a key, in the simplest words: two halves.
struct Model {
    std::u32string left, right;

    void apply(Key const& key) {
        if (key.character() && key.modifiers == Modifiers{}) left += *key.character();
        if (key == Key{NamedKey::left} && !left.empty()) right.insert(0, 1, left.back()), left.pop_back();
        if (key == Key{NamedKey::right} && !right.empty()) left += right.front(), right.erase(0, 1);
        if (key == Key{backspace} && !left.empty()) left.pop_back();
        if (key == Key{del} && !right.empty()) right.erase(0, 1);
        if (key == Key{home}) right = left + right, left.clear();
        if (key == Key{end}) left += right, right.clear();
        if (key == control(U'k')) right.clear();
        if (key == control(U'u')) left.clear();
    }
};

TEST(LineEditor, random_keys_do_what_a_simple_model_does) {
    std::vector<Key> const choice{{U'a'},
                                  {U'b'},
                                  {U' '},
                                  {U'ü'},
                                  {U'漢'},
                                  {U'c'},
                                  {U'd'},
                                  {U'-'},
                                  {NamedKey::left},
                                  {NamedKey::left},
                                  {NamedKey::right},
                                  {backspace},
                                  {del},
                                  {home},
                                  {end}};
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 random{seed};
        Session session{8 + seed % 30};
        Model model;
        for (int step = 0; step < 300; ++step) {
            auto const number = random() % 100;
            auto const key    = number == 0   ? control(U'k')
                                : number == 1 ? control(U'u')
                                              : choice[random() % choice.size()];
            session.press(key);
            model.apply(key);
            ASSERT_EQ(session.text(), encode(model.left + model.right))
                << "seed " << seed << ", step " << step;
            ASSERT_EQ(session.editor().cursor(), model.left.size()) << "seed " << seed << ", step " << step;
            if (::testing::Test::HasFailure()) FAIL() << "seed " << seed << ", step " << step;
        }
    }
}

}  // namespace
}  // namespace pith::input
