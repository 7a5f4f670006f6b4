#include "input/terminal_keys.hpp"

#include <utility>

namespace pith::input {
namespace {

using console::ControlSequence;

constexpr char32_t escape = 0x1b, delete_character = 0x7f;

NamedKey numbered_from(NamedKey first, char32_t number) {
    return NamedKey{static_cast<std::uint8_t>(std::to_underlying(first) + number)};
}

// The letter that ends "ESC [" or "ESC O".
std::optional<NamedKey> key_of_letter(char32_t letter) {
    switch (letter) {
        case U'A': return NamedKey::up;
        case U'B': return NamedKey::down;
        case U'C': return NamedKey::right;
        case U'D': return NamedKey::left;
        case U'F': return NamedKey::end;
        case U'H': return NamedKey::home;
        case U'P':
        case U'Q':
        case U'R':
        case U'S': return numbered_from(NamedKey::f1, letter - U'P');
        default:   return std::nullopt;
    }
}

// The letter that ends "ESC [ [".
std::optional<NamedKey> key_of_linux_letter(char32_t letter) {
    if (letter < U'A' || letter > U'E') return std::nullopt;
    return numbered_from(NamedKey::f1, letter - U'A');
}

// The number in "ESC [ number ~". (16 and 22 were left out on the VT220's keyboard, too.)
std::optional<NamedKey> key_of_number(std::uint16_t number) {
    if (number >= 11 && number <= 15) return numbered_from(NamedKey::f1, number - 11U);
    if (number >= 17 && number <= 21) return numbered_from(NamedKey::f6, number - 17U);
    switch (number) {
        case 1:
        case 7:  return NamedKey::home;
        case 2:  return NamedKey::insert;
        case 3:  return NamedKey::del;
        case 4:
        case 8:  return NamedKey::end;
        case 5:  return NamedKey::page_up;
        case 6:  return NamedKey::page_down;
        case 23: return NamedKey::f11;
        case 24: return NamedKey::f12;
        default: return std::nullopt;
    }
}

// One more than a bit each for shift, alt and control; nothing if it is not such a number.
std::optional<Modifiers> modifiers_of(std::uint16_t parameter) {
    if (parameter == 0) return Modifiers{};
    auto const bits = parameter - 1U;
    if (bits > 7) return std::nullopt;
    return Modifiers{.shift = (bits & 1) != 0, .control = (bits & 4) != 0, .alt = (bits & 2) != 0};
}

std::optional<Key> unmodified(std::optional<NamedKey> key) {
    return key ? std::optional{Key{*key}} : std::nullopt;
}

std::optional<Key> key_of(ControlSequence const& sequence) {
    auto const modifiers = modifiers_of(sequence.parameter(1));
    if (sequence.is_private() || !modifiers || sequence.parameters().size() > 2) return std::nullopt;
    auto const number = sequence.parameter(0);
    if (sequence.final() == U'Z') return Key{NamedKey::tab, {.shift = true}};
    bool const is_numbered = sequence.final() == U'~';
    if (!is_numbered && number > 1) return std::nullopt;  // a report of the cursor's place ends in R
    auto const key = is_numbered ? key_of_number(number) : key_of_letter(sequence.final());
    return key ? std::optional{Key{*key, *modifiers}} : std::nullopt;
}

// The key that gives a control character together with control.
std::optional<char32_t> letter_of(char32_t character) {
    if (character == 0) return U' ';
    if (character <= 26) return U'a' + (character - 1);
    if (character >= 0x1c && character < 0x20) return U'\\' + (character - 0x1c);  // \ ] ^ _
    return std::nullopt;
}

}  // namespace

std::optional<Key> TerminalKeys::typed(char32_t character) {
    auto const state = std::exchange(state_, State::text);
    if (state == State::escape) return after_escape(character);
    // What cannot be in a sequence cuts it off, and has its own meaning.
    if (state == State::text || !ControlSequence::fits(character)) return text(character);
    if (state == State::single_shift) return unmodified(key_of_letter(character));
    if (state == State::linux_function) return unmodified(key_of_linux_letter(character));
    if (state == State::sequence_start && character == U'[') {
        state_ = State::linux_function;
        return std::nullopt;
    }
    if (sequence_.feed(character) == ControlSequence::State::complete) return key_of(sequence_);
    state_ = State::sequence;
    return std::nullopt;
}

std::optional<Key> TerminalKeys::text(char32_t character) {
    if (character != escape) return plain_key(character);
    state_      = State::escape;
    was_return_ = false;
    return std::nullopt;
}

std::optional<Key> TerminalKeys::after_escape(char32_t character) {
    if (character == escape) {  // the first one was the key
        state_ = State::escape;
        return Key{NamedKey::escape};
    }
    if (character == U'[' || character == U'O') {
        state_    = character == U'[' ? State::sequence_start : State::single_shift;
        sequence_ = {};
        return std::nullopt;
    }
    auto key = plain_key(character);
    if (key) key->modifiers.alt = true;
    return key;
}

std::optional<Key> TerminalKeys::waiting_key() const {
    switch (state_) {
        case State::escape:         return Key{NamedKey::escape};
        case State::sequence_start: return Key{U'[', {.alt = true}};
        case State::single_shift:   return Key{U'O', {.alt = true}};
        default:                    return std::nullopt;
    }
}

std::optional<Key> TerminalKeys::plain_key(char32_t character) {
    bool const was_return = std::exchange(was_return_, character == U'\r');
    if (character == U'\n' && was_return) return std::nullopt;
    if (character == U'\r' || character == U'\n') return Key{NamedKey::enter};
    if (character == U'\t') return Key{NamedKey::tab};
    if (character == U'\b' || character == delete_character) return Key{NamedKey::backspace};
    if (auto const letter = letter_of(character)) return Key{*letter, {.control = true}};
    if (character >= 0x80 && character < 0xa0) return std::nullopt;  // control characters of 8 bits
    return Key{character};
}

}  // namespace pith::input
