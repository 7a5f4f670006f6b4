// PS/2 scancodes of set 1: which key went down, and which came up.
//
//   make         break          most keys
//   e0 make      e0 break       keys that the first PC did not have; break is make with bit 7 set
//   e0 2a, e0 aa, e0 36, e0 b6  shifts that nobody pressed, for programs of 1983: dropped
//   e1 1d 45     e1 9d c5       pause; the keyboard sends both when it goes down
//   00, ff                      the keyboard has lost something
//
// A key code is a place on the keyboard, named after what a US keyboard has there. Its number is the make
// code, with bit 7 set for those behind e0.
//
// Needs:     nothing.
// Promises:  whatever bytes come: known key codes only, and after at most two bytes of a sequence that is not
//            known the decoder is where it began.
// Reference: Andries E. Brouwer, "Keyboard scancodes", "Keyboard scancodes", "Ordinary scancodes", "Escaped
//            scancodes", "Fake shifts", "Error indications".
#pragma once

#include <cstdint>
#include <optional>

namespace pith::input {

// clang-format off
enum class KeyCode : std::uint8_t {
    overrun = 0x00,  // no key: some were lost
    escape  = 0x01,
    digit_1, digit_2, digit_3, digit_4, digit_5, digit_6, digit_7, digit_8, digit_9, digit_0,
    minus, equals, backspace, tab,
    q, w, e, r, t, y, u, i, o, p, left_bracket, right_bracket, enter, left_control,
    a, s, d, f, g, h, j, k, l, semicolon, apostrophe, grave, left_shift, backslash,
    z, x, c, v, b, n, m, comma, period, slash, right_shift, keypad_times, left_alt, space, caps_lock,
    f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, num_lock, scroll_lock,
    keypad_7, keypad_8, keypad_9, keypad_minus, keypad_4, keypad_5, keypad_6, keypad_plus,
    keypad_1, keypad_2, keypad_3, keypad_0, keypad_point,
    system_request,  // print screen with alt; the decoder says print screen
    iso = 0x56,      // left of Z, on keyboards that are not American
    f11, f12,
    keypad_enter  = 0x9c, right_control,
    keypad_divide = 0xb5,
    print_screen  = 0xb7, right_alt,
    pause         = 0xc6,  // with control it comes as e0 46
    home          = 0xc7, up, page_up,
    left          = 0xcb,
    right         = 0xcd,
    end           = 0xcf, down, page_down, insert, del,
    left_gui      = 0xdb, right_gui, menu
};
// clang-format on

static_assert(static_cast<int>(KeyCode::q) == 0x10 && static_cast<int>(KeyCode::a) == 0x1e);
static_assert(static_cast<int>(KeyCode::z) == 0x2c && static_cast<int>(KeyCode::space) == 0x39);
static_assert(static_cast<int>(KeyCode::num_lock) == 0x45 &&
              static_cast<int>(KeyCode::system_request) == 0x54);
static_assert(static_cast<int>(KeyCode::f12) == 0x58 && static_cast<int>(KeyCode::del) == 0xd3);
static_assert(static_cast<int>(KeyCode::menu) == 0xdd);

enum class Motion : std::uint8_t { pressed, released };

struct KeyChange {
    KeyCode code;
    Motion motion;

    constexpr bool operator==(KeyChange const&) const = default;
};

class ScancodeDecoder {
public:
    // Takes the next byte; what happened, once that is known.
    std::optional<KeyChange> feed(std::uint8_t byte);

private:
    enum class State : std::uint8_t { plain, extended, pause, pause_second };

    State state_  = State::plain;
    Motion pause_ = Motion::pressed;
};

}  // namespace pith::input
