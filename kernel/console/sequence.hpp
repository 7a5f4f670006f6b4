// What follows "ESC [": parameters, and the letter that says what they mean.
//
// Both directions use it: what is printed for a terminal (ansi), and what a terminal sends when keys are
// pressed (input).
//
// Needs:     nothing.
// Promises:  whatever characters come: bounded memory.
// Reference: ECMA-48 "Control Functions for Coded Character Sets", "Control sequences".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pith::console {

class ControlSequence {
public:
    enum class State : std::uint8_t {
        incomplete,
        complete,
        cut_off,  // the character cannot be in a sequence, and has its own meaning
    };

    // Takes the next character.
    constexpr State feed(char32_t character) {
        if (!fits(character)) return State::cut_off;
        if (character >= U'0' && character <= U'9') {
            add_digit(static_cast<std::uint16_t>(character - U'0'));
        } else if (character == U';' || character == U':') {
            if (count_ < parameters_.size()) ++count_;
        } else if (character < 0x40) {
            is_private_ = true;
        } else {
            final_ = character;
            return State::complete;
        }
        return State::incomplete;
    }

    // What can stand in a sequence. Anything else cuts it off: a line's end is not lost.
    static constexpr bool fits(char32_t character) { return character >= 0x20 && character < 0x7f; }

    // The letter at the end.
    constexpr char32_t final() const { return final_; }
    // "ESC [ ? ..." and the like are somebody's own, whatever letter ends them.
    constexpr bool is_private() const { return is_private_; }
    // At least one; what is left out is 0.
    constexpr std::span<std::uint16_t const> parameters() const {
        auto const used = count_ < parameters_.size() ? std::size_t{count_} + 1 : parameters_.size();
        return std::span{parameters_}.first(used);
    }
    // One of them, or 0.
    constexpr std::uint16_t parameter(std::size_t index) const {
        return index < parameters().size() ? parameters()[index] : std::uint16_t{0};
    }

private:
    constexpr void add_digit(std::uint16_t digit) {
        if (count_ == parameters_.size()) return;
        auto& parameter = parameters_[count_];
        if (parameter < 1000) parameter = static_cast<std::uint16_t>(parameter * 10 + digit);
    }

    std::array<std::uint16_t, 16> parameters_{};
    std::uint8_t count_ = 0;  // complete parameters; what comes after the last place is dropped
    bool is_private_    = false;
    char32_t final_     = 0;
};

}  // namespace pith::console
