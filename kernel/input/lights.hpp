// A keyboard's lights, changed while its bytes come by interrupt: a talk in which each side says one byte.
//
//   we  ed (set the lights)   keyboard  fa (understood)   we  the lights   keyboard  fa
//
// Nobody waits: what the keyboard answers comes among its scancodes, whenever it comes.
//
// Needs:     keyboard (Leds).
// Promises:  a keyboard that does not answer, or refuses, is left alone.
// Reference: IBM, "Personal Computer AT Technical Reference" (5170), "Keyboard", "Set/Reset Mode Indicators".
#pragma once

#include "input/keyboard.hpp"

namespace pith::input {

class Lights {
public:
    // What to tell the keyboard so that it shows these; nothing if it does, or if a talk is under way.
    std::optional<std::uint8_t> begin(Leds wanted) {
        if (step_ != Step::silent || wanted == shown_) return std::nullopt;
        shown_ = wanted;
        step_  = Step::told_command;
        return set_lights;
    }

    // Whether the byte is the keyboard's answer, and what to tell it then.
    struct Answer {
        bool was_answer;
        std::optional<std::uint8_t> reply;
    };
    Answer take(std::uint8_t byte) {
        if (step_ == Step::silent || (byte != acknowledged && byte != again)) return {false, std::nullopt};
        bool const goes_on = byte == acknowledged && step_ == Step::told_command;
        step_              = goes_on ? Step::told_lights : Step::silent;
        return {true, goes_on ? std::optional{shown_->raw()} : std::nullopt};
    }

    // What was to be told could not be sent: the talk is over, and may begin again.
    void not_sent() {
        step_ = Step::silent;
        shown_.reset();
    }

private:
    enum class Step : std::uint8_t { silent, told_command, told_lights };
    static constexpr std::uint8_t set_lights = 0xed, acknowledged = 0xfa, again = 0xfe;

    Step step_                 = Step::silent;
    std::optional<Leds> shown_ = Leds{};  // nothing if that is not known
};

}  // namespace pith::input
