// What a terminal at the other end of a serial line sends: bytes in, keys out.
//
//   UTF-8                   characters; 01 to 1a are letters with control
//   ESC character           that character with alt
//   ESC [ 1;5 A, ESC [ 3 ~  arrows, delete and so on, with modifiers
//   ESC O P                 F1 to F4, and arrows of a terminal in another mode
//   ESC [ [ A               F1 to F5 of Linux's own console
//
// The key Escape sends ESC alone, and only time tells it from a sequence's beginning. There is no clock here:
// whoever reads the line calls `flush` when it `is_waiting` and nothing came for a while.
//
// Needs:     base (UTF-8), console (control sequences), key.
// Promises:  whatever bytes come: keys in the one form that `Key` has, and bounded memory. Sequences that are
//            no key are dropped whole.
// Reference: xterm, "XTerm Control Sequences", "PC-Style Function Keys"; Linux, console_codes(4); terminfo's
//            entries `xterm` and `linux`.
#pragma once

#include "base/utf8.hpp"
#include "console/sequence.hpp"
#include "input/key.hpp"

namespace pith::input {

class TerminalKeys {
public:
    // Takes the next byte; calls `emit(Key)` with what it completes: nothing, one key, or
    // two.
    template <typename Emit>
    void feed(std::uint8_t byte, Emit&& emit) {
        utf8_.feed(byte, [&](char32_t character) {
            if (auto const key = typed(character)) emit(*key);
        });
    }

    // Nothing more came: what looked like a sequence's beginning is a key of its own, or is dropped.
    template <typename Emit>
    void flush(Emit&& emit) {
        if (auto const key = waiting_key()) emit(*key);
        state_ = State::text;
    }
    bool is_waiting() const { return state_ != State::text; }

private:
    enum class State : std::uint8_t { text, escape, sequence_start, sequence, single_shift, linux_function };

    std::optional<Key> typed(char32_t character);
    std::optional<Key> text(char32_t character);
    std::optional<Key> after_escape(char32_t character);
    std::optional<Key> waiting_key() const;
    std::optional<Key> plain_key(char32_t character);

    Utf8Decoder utf8_;
    State state_ = State::text;
    console::ControlSequence sequence_;
    bool was_return_ = false;  // a line feed behind it is the same key
};

}  // namespace pith::input
