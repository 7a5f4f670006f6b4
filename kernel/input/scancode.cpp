#include "input/scancode.hpp"

#include <utility>

namespace pith::input {
namespace {

constexpr std::uint8_t extended_prefix = 0xe0, pause_prefix = 0xe1, break_bit = 0x80;
constexpr std::uint8_t pause_first = 0x1d, pause_second = 0x45;

constexpr Motion motion_of(std::uint8_t byte) {
    return (byte & break_bit) != 0 ? Motion::released : Motion::pressed;
}
constexpr std::uint8_t make_of(std::uint8_t byte) { return byte & ~break_bit & 0xff; }

constexpr bool is_known(KeyCode code) {
    using enum KeyCode;
    return (code >= escape && code <= system_request) || (code >= iso && code <= f12) ||
           (code >= keypad_enter && code <= right_control) || code == keypad_divide ||
           (code >= print_screen && code <= right_alt) || (code >= pause && code <= page_up) ||
           code == left || code == right || (code >= end && code <= del) ||
           (code >= left_gui && code <= menu);
}

constexpr std::optional<KeyChange> plain_change(std::uint8_t byte) {
    if (byte == 0x00 || byte == 0xff) return KeyChange{KeyCode::overrun, Motion::pressed};
    KeyCode const code{make_of(byte)};
    if (code == KeyCode::system_request) return KeyChange{KeyCode::print_screen, motion_of(byte)};
    return is_known(code) ? std::optional{KeyChange{code, motion_of(byte)}} : std::nullopt;
}

// The fake shifts are not among the known ones.
constexpr std::optional<KeyChange> extended_change(std::uint8_t byte) {
    KeyCode const code{static_cast<std::uint8_t>(byte | break_bit)};
    return is_known(code) ? std::optional{KeyChange{code, motion_of(byte)}} : std::nullopt;
}

}  // namespace

std::optional<KeyChange> ScancodeDecoder::feed(std::uint8_t byte) {
    auto const state = std::exchange(state_, State::plain);
    if (state == State::pause && make_of(byte) == pause_first) {
        state_ = State::pause_second;
        pause_ = motion_of(byte);
        return std::nullopt;
    }
    if (state == State::pause_second && make_of(byte) == pause_second && motion_of(byte) == pause_)
        return KeyChange{KeyCode::pause, pause_};
    if (byte == extended_prefix || byte == pause_prefix) {
        state_ = byte == extended_prefix ? State::extended : State::pause;
        return std::nullopt;
    }
    // What does not go on with a pause begins anew.
    return state == State::extended ? extended_change(byte) : plain_change(byte);
}

}  // namespace pith::input
