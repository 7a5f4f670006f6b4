#include "input/keyboard.hpp"

#include "base/fail.hpp"

#include <initializer_list>
#include <utility>

namespace pith::input {
namespace {

struct KeypadKey {
    char32_t digit;                   // with num lock
    std::optional<NamedKey> without;  // and without
};

std::optional<NamedKey> named(KeyCode code) {
    using enum KeyCode;
    auto const function_key = [code](KeyCode first, NamedKey key) {
        return NamedKey{static_cast<std::uint8_t>(std::to_underlying(key) + std::to_underlying(code) -
                                                  std::to_underlying(first))};
    };
    if (code >= f1 && code <= f10) return function_key(f1, NamedKey::f1);
    switch (code) {
        case f11:          return NamedKey::f11;
        case f12:          return NamedKey::f12;
        case escape:       return NamedKey::escape;
        case backspace:    return NamedKey::backspace;
        case tab:          return NamedKey::tab;
        case enter:
        case keypad_enter: return NamedKey::enter;
        case insert:       return NamedKey::insert;
        case del:          return NamedKey::del;
        case home:         return NamedKey::home;
        case end:          return NamedKey::end;
        case page_up:      return NamedKey::page_up;
        case page_down:    return NamedKey::page_down;
        case up:           return NamedKey::up;
        case down:         return NamedKey::down;
        case left:         return NamedKey::left;
        case right:        return NamedKey::right;
        case print_screen: return NamedKey::print_screen;
        case pause:        return NamedKey::pause;
        case menu:         return NamedKey::menu;
        default:           return std::nullopt;
    }
}

// The keys that num lock switches.
std::optional<KeypadKey> keypad(KeyCode code, Layout const& layout) {
    using enum KeyCode;
    switch (code) {
        case keypad_0:     return KeypadKey{U'0', NamedKey::insert};
        case keypad_1:     return KeypadKey{U'1', NamedKey::end};
        case keypad_2:     return KeypadKey{U'2', NamedKey::down};
        case keypad_3:     return KeypadKey{U'3', NamedKey::page_down};
        case keypad_4:     return KeypadKey{U'4', NamedKey::left};
        case keypad_5:     return KeypadKey{U'5', std::nullopt};
        case keypad_6:     return KeypadKey{U'6', NamedKey::right};
        case keypad_7:     return KeypadKey{U'7', NamedKey::home};
        case keypad_8:     return KeypadKey{U'8', NamedKey::up};
        case keypad_9:     return KeypadKey{U'9', NamedKey::page_up};
        case keypad_point: return KeypadKey{layout.keypad_point, NamedKey::del};
        default:           return std::nullopt;
    }
}

std::optional<char32_t> keypad_sign(KeyCode code) {
    using enum KeyCode;
    switch (code) {
        case keypad_plus:   return U'+';
        case keypad_minus:  return U'-';
        case keypad_times:  return U'*';
        case keypad_divide: return U'/';
        default:            return std::nullopt;
    }
}

// A character without the modifiers that have chosen it.
Key normal(char32_t character, Modifiers held) {
    auto const alone = spacing_form(character);
    return {held.control ? small(alone) : alone, {.control = held.control, .alt = held.alt}};
}

FixedVector<Key, 2> keys_of(std::initializer_list<Key> list) {
    FixedVector<Key, 2> keys;
    for (auto const& key : list) require(keys.try_push_back(key), "a scancode gives at most two keys");
    return keys;
}

}  // namespace

std::optional<Keyboard::Held> Keyboard::held_of(KeyCode code) {
    switch (code) {
        case KeyCode::left_shift:    return Held::left_shift;
        case KeyCode::right_shift:   return Held::right_shift;
        case KeyCode::left_control:  return Held::left_control;
        case KeyCode::right_control: return Held::right_control;
        case KeyCode::left_alt:      return Held::left_alt;
        case KeyCode::right_alt:     return Held::right_alt;
        case KeyCode::caps_lock:     return Held::caps_lock;
        case KeyCode::num_lock:      return Held::num_lock;
        case KeyCode::scroll_lock:   return Held::scroll_lock;
        default:                     return std::nullopt;
    }
}

void Keyboard::use(Layout const& layout) {
    layout_ = &layout;
    accent_.reset();
}

void Keyboard::forget_held() {
    held_ = 0;
    accent_.reset();
}

Keyboard::Keys Keyboard::typed(std::uint8_t scancode) {
    auto const change = decoder_.feed(scancode);
    if (!change) return {};
    auto const [code, motion] = *change;
    if (code == KeyCode::overrun) {
        ++overruns_;
        forget_held();
        return {};
    }
    if (auto const held = held_of(code)) {
        change_held(*held, motion);
        return {};
    }
    return motion == Motion::pressed ? press(code) : Keys{};
}

void Keyboard::change_held(Held key, Motion motion) {
    auto const bit = static_cast<std::uint16_t>(1U << std::to_underlying(key));
    if (motion == Motion::released) {
        held_ = static_cast<std::uint16_t>(held_ & ~bit);
        return;
    }
    if (!is_held(key)) switch_lock(key);  // a key that is held down repeats, and a lock must not
    held_ = static_cast<std::uint16_t>(held_ | bit);
}

void Keyboard::switch_lock(Held key) {
    if (key == Held::caps_lock) leds_.caps_lock = !leds_.caps_lock;
    if (key == Held::num_lock) leds_.num_lock = !leds_.num_lock;
    if (key == Held::scroll_lock) leds_.scroll_lock = !leds_.scroll_lock;
}

Modifiers Keyboard::modifiers() const {
    bool const is_alt_gr = layout_->has_third_level();
    return {.shift   = is_held(Held::left_shift) || is_held(Held::right_shift),
            .control = is_held(Held::left_control) || is_held(Held::right_control),
            .alt     = is_held(Held::left_alt) || (is_held(Held::right_alt) && !is_alt_gr),
            .alt_gr  = is_held(Held::right_alt) && is_alt_gr};
}

Keyboard::Keys Keyboard::press(KeyCode code) {
    auto held = modifiers();
    if (auto const key = keypad(code, *layout_)) {
        if (leds_.num_lock != held.shift) return type(Key{key->digit, held});
        if (leds_.num_lock) held.shift = false;  // it is used up: it turned num lock round
        return key->without ? type(Key{*key->without, held}) : Keys{};
    }
    if (auto const key = named(code)) return type(Key{*key, held});
    auto const found = character(code, held);
    return found ? type(Key{*found, held}) : Keys{};
}

std::optional<char32_t> Keyboard::character(KeyCode code, Modifiers held) const {
    if (auto const sign = keypad_sign(code)) return sign;
    if (held.alt_gr) return layout_->character(code, Level::third);
    auto const plain   = layout_->character(code, Level::plain),
               shifted = layout_->character(code, Level::shifted);
    // Caps lock is a shift for keys that have a letter and its capital. Others have but a capital of their
    // own.
    bool const is_letter = plain && shifted && *plain != *shifted && capital(*plain) == *shifted;
    if (leds_.caps_lock && is_letter) return held.shift ? plain : shifted;
    auto const found = held.shift ? shifted : plain;
    return found && leds_.caps_lock ? std::optional{capital(*found)} : found;
}

Keyboard::Keys Keyboard::type(Key key) {
    auto const waiting   = std::exchange(accent_, std::nullopt);
    auto const character = key.character();
    bool const is_text   = character && !key.modifiers.control && !key.modifiers.alt;
    if (is_text && waiting) {
        if (auto const composed = compose(*waiting, *character)) return keys_of({Key{*composed}});
    } else if (is_text && is_dead(*character)) {
        accent_ = character;
        return {};
    }
    if (character) key = normal(*character, key.modifiers);
    return waiting ? keys_of({Key{spacing_form(*waiting)}, key}) : keys_of({key});
}

}  // namespace pith::input
