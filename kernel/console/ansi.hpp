// ANSI escape sequences: colours in a stream of text.
//
// A terminal on the serial line understands them by itself. A screen of ours asks this decoder what they
// mean.
//
// Needs:     sequence.
// Promises:  whatever characters come: bounded memory, and back to plain text at the end of each sequence.
// Reference: ECMA-48 "Control Functions for Coded Character Sets", "SGR - Select Graphic Rendition".
#pragma once

#include "console/sequence.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace pith::console {

// What to print to change the colour of what comes after.
namespace ansi {
inline constexpr std::string_view reset = "\x1b[0m", bold = "\x1b[1m", red = "\x1b[31m", green = "\x1b[32m",
                                  yellow = "\x1b[33m", blue = "\x1b[34m", cyan = "\x1b[36m",
                                  bold_red = "\x1b[1;31m", bold_green = "\x1b[1;32m";
}  // namespace ansi

// The eight colours in ECMA-48's order.
enum class Colour : std::uint8_t { black, red, green, yellow, blue, magenta, cyan, white };

struct Style {
    Colour foreground         = Colour::white;
    Colour background         = Colour::black;
    bool is_foreground_bright = false;
    bool is_background_bright = false;
    bool is_bold              = false;
    bool is_reversed          = false;

    constexpr bool operator==(Style const&) const = default;
    // The style after the SGR sequence with these parameters. Unknown parameters change nothing.
    constexpr Style with(std::span<std::uint16_t const> parameters) const;
};

class AnsiDecoder {
public:
    // Takes the next character; calls `put(char32_t)` if it is to be shown, and `move(ControlSequence
    // const&)` with a sequence that is complete and sets no colour.
    template <typename Put, typename Move>
    constexpr void feed(char32_t character, Put&& put, Move&& move) {
        switch (state_) {
            case State::text:
                if (character == escape)
                    state_ = State::escape;
                else
                    put(character);
                return;
            case State::escape:   return feed_second(character, put, move);
            case State::sequence: return feed_sequence(character, put, move);
        }
    }
    template <typename Put>
    constexpr void feed(char32_t character, Put&& put) {
        feed(character, put, [](ControlSequence const&) {});
    }

    constexpr Style const& style() const { return style_; }

private:
    enum class State : std::uint8_t { text, escape, sequence };
    static constexpr char32_t escape = 0x1b;

    template <typename Put, typename Move>
    constexpr void cut_off(char32_t character, Put&& put, Move&& move) {
        state_ = State::text;
        feed(character, put, move);
    }
    // Only "ESC [" begins a sequence with parameters; others are one character long.
    template <typename Put, typename Move>
    constexpr void feed_second(char32_t character, Put&& put, Move&& move) {
        if (!ControlSequence::fits(character)) return cut_off(character, put, move);
        state_    = character == U'[' ? State::sequence : State::text;
        sequence_ = {};
    }
    template <typename Put, typename Move>
    constexpr void feed_sequence(char32_t character, Put&& put, Move&& move) {
        switch (sequence_.feed(character)) {
            case ControlSequence::State::incomplete: return;
            case ControlSequence::State::cut_off:    return cut_off(character, put, move);
            case ControlSequence::State::complete:   break;
        }
        state_ = State::text;
        if (sequence_.is_private()) return;
        if (sequence_.final() == U'm')
            style_ = style_.with(sequence_.parameters());
        else
            move(sequence_);
    }

    State state_ = State::text;
    Style style_;
    ControlSequence sequence_;
};

constexpr Style Style::with(std::span<std::uint16_t const> parameters) const {
    Style style = *this;
    for (std::size_t index = 0; index < parameters.size(); ++index) {
        auto const value  = parameters[index];
        auto const colour = static_cast<Colour>(value % 10);
        if (value == 0)
            style = Style{};
        else if (value == 1)
            style.is_bold = true;
        else if (value == 22)
            style.is_bold = false;
        else if (value == 7)
            style.is_reversed = true;
        else if (value == 27)
            style.is_reversed = false;
        else if (value >= 30 && value <= 37)
            style.foreground = colour, style.is_foreground_bright = false;
        else if (value == 39)
            style.foreground = Colour::white, style.is_foreground_bright = false;
        else if (value >= 40 && value <= 47)
            style.background = colour, style.is_background_bright = false;
        else if (value == 49)
            style.background = Colour::black, style.is_background_bright = false;
        else if (value >= 90 && value <= 97)
            style.foreground = colour, style.is_foreground_bright = true;
        else if (value >= 100 && value <= 107)
            style.background = colour, style.is_background_bright = true;
        else if (value == 38 || value == 48) {
            // 256 colours (5;n) and true colours (2;r;g;b) are not ours: pass over their parameters.
            auto const form = index + 1 < parameters.size() ? parameters[index + 1] : 0;
            index += form == 5 ? 2 : form == 2 ? 4 : 0;
        }
    }
    return style;
}

}  // namespace pith::console
