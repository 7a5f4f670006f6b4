// A keyboard as a person uses it: what comes out when keys are pressed.
#include "input/keyboard.hpp"
#include "keys.hpp"

#include <gtest/gtest.h>

#include <set>

namespace pith::input {
namespace {

using testing::text_of;
using Keys = std::vector<Key>;

// Presses keys on a keyboard with this layout.
class Person {
public:
    explicit Person(std::string_view layout) : keyboard_{*find_layout(layout)} {}

    Person& press(KeyCode code) { return send(code, 0); }
    Person& release(KeyCode code) { return send(code, 0x80); }
    Person& type(KeyCode code) { return press(code).release(code); }
    Person& with(KeyCode modifier, KeyCode code) { return press(modifier).type(code).release(modifier); }
    Person& send_byte(std::uint8_t byte) {
        keyboard_.feed(byte, [this](Key key) { keys_.push_back(key); });
        return *this;
    }
    // What came since the last time.
    Keys keys() { return std::exchange(keys_, {}); }
    std::u32string text() { return text_of(keys()); }
    Keyboard& keyboard() { return keyboard_; }

private:
    Person& send(KeyCode code, unsigned motion) {
        auto const number = static_cast<unsigned>(code);
        if (number >= 0x80) send_byte(0xe0);
        return send_byte(static_cast<std::uint8_t>((number & 0x7f) | motion));
    }

    Keyboard keyboard_;
    Keys keys_;
};

TEST(Keyboard, letters_are_small_and_with_shift_large) {
    Person person{"us"};
    person.type(KeyCode::h)
        .with(KeyCode::left_shift, KeyCode::i)
        .with(KeyCode::right_shift, KeyCode::digit_1);
    EXPECT_EQ(person.text(), U"hI!");
}

TEST(Keyboard, one_of_two_shifts_is_enough) {
    Person person{"us"};
    person.press(KeyCode::left_shift)
        .press(KeyCode::right_shift)
        .release(KeyCode::left_shift)
        .type(KeyCode::a);
    person.release(KeyCode::right_shift).type(KeyCode::a);
    EXPECT_EQ(person.text(), U"Aa");
}

TEST(Keyboard, a_key_held_down_repeats) {
    EXPECT_EQ(Person{"us"}.press(KeyCode::a).press(KeyCode::a).press(KeyCode::a).text(), U"aaa");
}

TEST(Keyboard, caps_lock_is_for_letters_and_shift_turns_it_round) {
    Person person{"us"};
    person.type(KeyCode::caps_lock)
        .type(KeyCode::a)
        .type(KeyCode::digit_1)
        .with(KeyCode::left_shift, KeyCode::a);
    EXPECT_EQ(person.text(), U"A1a");
    EXPECT_TRUE(person.keyboard().leds().caps_lock);
    EXPECT_EQ(person.type(KeyCode::caps_lock).type(KeyCode::a).text(), U"a");
}

TEST(Keyboard, caps_lock_makes_a_capital_of_a_letter_that_has_none_on_its_key) {
    Person swiss{"ch"};
    swiss.type(KeyCode::caps_lock)
        .type(KeyCode::left_bracket)
        .with(KeyCode::left_shift, KeyCode::left_bracket);
    EXPECT_EQ(swiss.text(), U"ÜÈ");
    EXPECT_EQ(Person{"fr"}.type(KeyCode::caps_lock).type(KeyCode::digit_2).type(KeyCode::digit_1).text(),
              U"É&");
}

TEST(Keyboard, a_lock_that_is_held_down_switches_once) {
    Person person{"us"};
    person.press(KeyCode::caps_lock).press(KeyCode::caps_lock);
    EXPECT_TRUE(person.keyboard().leds().caps_lock);
}

TEST(Keyboard, the_lights_follow_the_locks) {
    Person person{"us"};
    EXPECT_EQ(person.keyboard().leds().raw(), 0);
    EXPECT_EQ(person.type(KeyCode::scroll_lock).keyboard().leds().raw(), 1);
    EXPECT_EQ(person.type(KeyCode::num_lock).keyboard().leds().raw(), 3);
    EXPECT_EQ(person.type(KeyCode::caps_lock).type(KeyCode::num_lock).keyboard().leds().raw(), 5);
}

TEST(Keyboard, control_gives_small_letters_whatever_shift_and_caps_lock_say) {
    Key const control_c{U'c', {.control = true}};
    Person person{"us"};
    EXPECT_EQ(person.with(KeyCode::left_control, KeyCode::c).keys(), Keys{control_c});
    EXPECT_EQ(person.with(KeyCode::right_control, KeyCode::c).keys(), Keys{control_c});
    person.press(KeyCode::left_shift).with(KeyCode::left_control, KeyCode::c).release(KeyCode::left_shift);
    EXPECT_EQ(person.keys(), Keys{control_c});
    EXPECT_EQ(person.type(KeyCode::caps_lock).with(KeyCode::left_control, KeyCode::c).keys(),
              Keys{control_c});
}

TEST(Keyboard, with_control_letters_beyond_ascii_are_small_as_well) {
    Keys const control_o{{U'ö', {.control = true}}};
    Person person{"de"};
    person.press(KeyCode::left_shift)
        .with(KeyCode::left_control, KeyCode::semicolon)
        .release(KeyCode::left_shift);
    EXPECT_EQ(person.keys(), control_o);
    EXPECT_EQ(person.type(KeyCode::caps_lock).with(KeyCode::left_control, KeyCode::semicolon).keys(),
              control_o);
}

TEST(Keyboard, alt_is_told_and_so_is_what_goes_with_a_named_key) {
    Person person{"us"};
    EXPECT_EQ(person.with(KeyCode::left_alt, KeyCode::b).keys(), (Keys{{U'b', {.alt = true}}}));
    EXPECT_EQ(person.with(KeyCode::right_alt, KeyCode::b).keys(), (Keys{{U'b', {.alt = true}}}));
    EXPECT_EQ(person.with(KeyCode::left_shift, KeyCode::f5).keys(), (Keys{{NamedKey::f5, {.shift = true}}}));
    EXPECT_EQ(person.with(KeyCode::left_control, KeyCode::left).keys(),
              (Keys{{NamedKey::left, {.control = true}}}));
    EXPECT_EQ(Person{"de"}.with(KeyCode::right_alt, KeyCode::up).keys(),
              (Keys{{NamedKey::up, {.alt_gr = true}}}));
}

TEST(Keyboard, all_named_keys_are_there) {
    std::set<NamedKey> seen;
    for (unsigned code = 1; code < 0x100; ++code) {
        for (auto const& key : Person{"us"}.type(static_cast<KeyCode>(code)).keys()) {
            if (auto const named = key.named()) seen.insert(*named);
        }
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(NamedKey::menu) + 1);
    EXPECT_EQ(Person{"us"}.type(KeyCode::f10).type(KeyCode::f11).keys(),
              (Keys{{NamedKey::f10}, {NamedKey::f11}}));
}

TEST(Keyboard, the_keypad_gives_digits_with_num_lock) {
    Person person{"de"};
    EXPECT_EQ(person.type(KeyCode::keypad_7).type(KeyCode::keypad_point).keys(),
              (Keys{{NamedKey::home}, {NamedKey::del}}));
    EXPECT_EQ(person.type(KeyCode::keypad_5).keys(), Keys{});
    person.type(KeyCode::num_lock)
        .type(KeyCode::keypad_7)
        .type(KeyCode::keypad_point)
        .type(KeyCode::keypad_5);
    EXPECT_EQ(person.text(), U"7,5");
}

TEST(Keyboard, shift_turns_num_lock_round_and_is_used_up) {
    Person person{"us"};
    EXPECT_EQ(person.with(KeyCode::left_shift, KeyCode::keypad_4).keys(), Keys{{U'4'}});
    person.type(KeyCode::num_lock);
    EXPECT_EQ(person.with(KeyCode::left_shift, KeyCode::keypad_4).keys(), Keys{{NamedKey::left}});
}

TEST(Keyboard, the_keypads_signs_are_the_same_with_every_layout) {
    for (auto const& layout : layouts()) {
        Person person{layout.name};
        person.type(KeyCode::keypad_divide).type(KeyCode::keypad_times).type(KeyCode::keypad_minus);
        EXPECT_EQ(person.type(KeyCode::keypad_plus).text(), U"/*-+") << layout.name;
        EXPECT_EQ(person.type(KeyCode::keypad_enter).keys(), Keys{{NamedKey::enter}});
    }
}

TEST(Keyboard, alt_gr_gives_the_third_level) {
    EXPECT_EQ(Person{"de"}.with(KeyCode::right_alt, KeyCode::q).with(KeyCode::right_alt, KeyCode::e).text(),
              U"@€");
    EXPECT_EQ(Person{"ch"}.with(KeyCode::right_alt, KeyCode::iso).text(), U"\\");
    EXPECT_EQ(Person{"de"}.with(KeyCode::right_alt, KeyCode::a).keys(), Keys{});  // nothing is printed there
}

TEST(Keyboard, a_dead_key_waits_for_its_letter) {
    Person person{"ch"};
    EXPECT_EQ(person.type(KeyCode::equals).keys(), Keys{});
    EXPECT_EQ(person.type(KeyCode::a).text(), U"â");
    EXPECT_EQ(person.type(KeyCode::right_bracket).with(KeyCode::left_shift, KeyCode::e).text(), U"Ë");
    EXPECT_EQ(Person{"de"}.with(KeyCode::left_shift, KeyCode::equals).type(KeyCode::a).text(), U"à");
}

TEST(Keyboard, a_dead_key_with_space_or_twice_stands_alone) {
    Person person{"ch"};
    EXPECT_EQ(person.type(KeyCode::equals).type(KeyCode::space).type(KeyCode::a).text(), U"^a");
    EXPECT_EQ(person.type(KeyCode::equals).type(KeyCode::equals).type(KeyCode::a).text(), U"^a");
}

TEST(Keyboard, an_accent_that_nothing_takes_comes_before_what_follows) {
    Person person{"ch"};
    EXPECT_EQ(person.type(KeyCode::equals).type(KeyCode::x).text(), U"^x");
    EXPECT_EQ(person.type(KeyCode::equals).type(KeyCode::right_bracket).text(), U"^¨");
    EXPECT_EQ(person.type(KeyCode::equals).type(KeyCode::enter).keys(), (Keys{{U'^'}, {NamedKey::enter}}));
    person.type(KeyCode::equals).with(KeyCode::left_control, KeyCode::a);
    EXPECT_EQ(person.keys(), (Keys{{U'^'}, {U'a', {.control = true}}}));
}

TEST(Keyboard, a_dead_key_with_control_or_alt_does_not_wait) {
    EXPECT_EQ(Person{"ch"}.with(KeyCode::left_control, KeyCode::equals).keys(),
              (Keys{{U'^', {.control = true}}}));
    EXPECT_EQ(Person{"ch"}.with(KeyCode::left_alt, KeyCode::equals).keys(), (Keys{{U'^', {.alt = true}}}));
}

TEST(Keyboard, an_overrun_lets_go_of_everything_and_is_counted) {
    Person person{"ch"};
    person.press(KeyCode::left_shift).type(KeyCode::equals).send_byte(0xff).type(KeyCode::a);
    EXPECT_EQ(person.text(), U"a");
    EXPECT_EQ(person.keyboard().overruns(), 1U);
    person.press(KeyCode::left_control).keyboard().forget_held();
    EXPECT_EQ(person.type(KeyCode::a).text(), U"a");
}

TEST(Keyboard, another_layout_counts_at_once) {
    Person person{"us"};
    EXPECT_EQ(person.type(KeyCode::y).text(), U"y");
    person.keyboard().use(*find_layout("de"));
    EXPECT_EQ(person.type(KeyCode::y).text(), U"z");
    EXPECT_EQ(person.keyboard().layout().name, "de");
}

// What a row of keys gives, plain and with shift.
std::u32string row(std::string_view layout, KeyCode first, KeyCode last) {
    Person person{layout};
    for (auto code = first; code <= last; code = static_cast<KeyCode>(static_cast<int>(code) + 1))
        person.type(code);
    return person.text();
}

TEST(Layouts, each_has_its_letters) {
    EXPECT_EQ(row("us", KeyCode::q, KeyCode::right_bracket), U"qwertyuiop[]");
    EXPECT_EQ(row("gb", KeyCode::a, KeyCode::apostrophe), U"asdfghjkl;'");
    EXPECT_EQ(row("de", KeyCode::a, KeyCode::apostrophe), U"asdfghjklöä");
    EXPECT_EQ(row("ch", KeyCode::digit_1, KeyCode::minus), U"1234567890'");
    EXPECT_EQ(row("fr", KeyCode::digit_1, KeyCode::equals), U"&é\"'(-è_çà)=");
    EXPECT_EQ(row("fr", KeyCode::z, KeyCode::slash), U"wxcvbn,;:!");
    EXPECT_EQ(Person{"gb"}.with(KeyCode::left_shift, KeyCode::digit_3).type(KeyCode::backslash).text(),
              U"£#");
    EXPECT_EQ(Person{"us"}.type(KeyCode::backslash).type(KeyCode::grave).text(), U"\\`");
}

// Whoever sits at any of them can type a command.
TEST(Layouts, each_gives_all_of_ascii) {
    for (auto const& layout : layouts()) {
        std::set<char32_t> found{U' '};
        for (unsigned code = 1; code < 0x60; ++code) {
            for (auto const level : {Level::plain, Level::shifted, Level::third}) {
                auto const character = layout.character(static_cast<KeyCode>(code), level);
                if (character) found.insert(spacing_form(*character));
            }
        }
        for (char32_t wanted = 0x20; wanted < 0x7f; ++wanted)
            EXPECT_TRUE(found.contains(wanted)) << layout.name << " lacks " << static_cast<char>(wanted);
    }
}

TEST(Layouts, are_found_by_their_names) {
    std::set<std::string_view> names;
    for (auto const& layout : layouts()) {
        EXPECT_EQ(find_layout(layout.name), &layout);
        EXPECT_FALSE(layout.description.empty());
        EXPECT_TRUE(names.insert(layout.name).second);
    }
    EXPECT_EQ(find_layout("dvorak"), nullptr);
}

TEST(Layouts, accents_make_what_unicode_says) {
    EXPECT_EQ(compose(U'\u0303', U'n'), U'ñ');
    EXPECT_EQ(compose(U'\u0308', U'y'), U'ÿ');
    EXPECT_EQ(compose(U'\u0308', U'Y'), U'Ÿ');
    EXPECT_EQ(compose(U'\u0301', U'x'), std::nullopt);
    EXPECT_EQ(compose(U'x', U'a'), std::nullopt);
    EXPECT_EQ(capital(U'ÿ'), U'Ÿ');
    EXPECT_EQ(capital(U'÷'), U'÷');
    EXPECT_EQ(capital(U'ß'), U'ß');
}

}  // namespace
}  // namespace pith::input
