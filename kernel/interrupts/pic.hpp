// The PC's two old interrupt controllers (8259A), the second one's output wired to line 2 of the first.
//
//   first:   lines 0 to 7      the timer, the keyboard, (2: the second one), serial ports, …
//   second:  lines 8 to 15     the clock, …, the mouse, …
//
// A BIOS has the first at vectors 8 to 15, which are exceptions since the 286. So both are moved, whether
// they are used or not: one that is masked can still raise a spurious interrupt.
//
// Needs:     cpu (ports).
// Promises:  after `start` every line is masked.
// Reference: Intel, "8259A Programmable Interrupt Controller", "Initialization Command Words", "Operation
//            Command Words", "Interrupt Sequence" (for the spurious ones).
#pragma once

#include "cpu/port.hpp"

namespace pith::interrupts {

template <cpu::ByteRegisters Registers>
class Pics {
public:
    static constexpr unsigned line_count = 16, lines_of_one = 8;

    // Each has two registers.
    constexpr Pics(Registers first, Registers second) : first_{first}, second_{second} {}

    // #region start
    // Moves the lines to 16 vectors from `first_vector` on, a multiple of 8, and masks them all.
    void start(std::uint8_t first_vector) {
        constexpr std::uint8_t begin = 0x11, mode_8086 = 0x01;
        constexpr std::uint8_t second_is_at_line_2 = 1 << cascade, second_answers_to_2 = cascade;
        for (auto* const pic : {&first_, &second_}) pic->write(command, begin);
        first_.write(data, first_vector);
        second_.write(data, static_cast<std::uint8_t>(first_vector + lines_of_one));
        first_.write(data, second_is_at_line_2);
        second_.write(data, second_answers_to_2);
        for (auto* const pic : {&first_, &second_}) pic->write(data, mode_8086);
        masked_ = 0xffff;
        write_mask();
    }
    // #endregion start

    // Whether they answer: where there are none, what is read back is not what was written. (Line 2 is open
    // for a moment, and nothing comes by it, for all lines of the second are masked.)
    bool are_there() {
        constexpr std::uint8_t all_but_cascade = 0xff & ~(1U << cascade);
        first_.write(data, all_but_cascade);
        bool const answers = first_.read(data) == all_but_cascade;
        write_mask();
        return answers;
    }

    // #region masks
    void mask(unsigned line) {
        masked_ = static_cast<std::uint16_t>(masked_ | 1U << line);
        write_mask();
    }
    void unmask(unsigned line) {
        masked_ = static_cast<std::uint16_t>(masked_ & ~(1U << line));
        write_mask();
    }
    // #endregion masks

    // #region served
    // Whether this line's interrupt, which has just arrived, is being served. If not it was spurious: its
    // device withdrew it. (Then nothing may be ended but what the first controller believes of line 2.)
    bool is_real(unsigned line) {
        constexpr std::uint8_t show_served = 0x0b;
        auto& pic                          = pic_of(line);
        pic.write(command, show_served);
        if ((pic.read(command) >> line % lines_of_one & 1) != 0) return true;
        if (line >= lines_of_one) end(cascade);
        return false;
    }

    // The line may interrupt again.
    void end(unsigned line) {
        constexpr std::uint8_t end_of_line = 0x60;
        pic_of(line).write(command, static_cast<std::uint8_t>(end_of_line | line % lines_of_one));
        if (line >= lines_of_one) end(cascade);
    }
    // #endregion served

private:
    // #region private
    enum : std::uint16_t { command, data };
    static constexpr unsigned cascade = 2;

    Registers& pic_of(unsigned line) { return line < lines_of_one ? first_ : second_; }
    // Whoever wants a line of the second controller wants line 2 as well.
    void write_mask() {
        auto const needs_second = (masked_ >> lines_of_one) != 0xff;
        auto const low          = needs_second ? masked_ & ~(1U << cascade) : masked_ | 1U << cascade;
        first_.write(data, static_cast<std::uint8_t>(low));
        second_.write(data, static_cast<std::uint8_t>(masked_ >> lines_of_one));
    }

    Registers first_, second_;
    std::uint16_t masked_ = 0xffff;
    // #endregion private
};

}  // namespace pith::interrupts
