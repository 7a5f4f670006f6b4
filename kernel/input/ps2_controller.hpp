// The 8042: the controller between a PC and its keyboard.
//
//   port 60  read: a byte from the keyboard, or the controller's answer; write: for the keyboard
//   port 64  read: status; write: a command for the controller
//
// The keyboard sends set 2, and the controller translates to set 1: the one combination that all of them
// know. The second port, for a mouse, is left off.
//
// Needs:     cpu (ports).
// Promises:  `start` says what is wrong. No byte takes more than `max_polls` looks to be sent, and no answer
//            is waited for longer, whatever stands at the ports, and whatever is typed meanwhile.
// Reference: IBM, "Personal Computer AT Technical Reference" (5170), "Keyboard Controller", "Keyboard"; QEMU,
//            hw/input/pckbd.c (the second port, and bit 5 of the status, which came with the PS/2).
#pragma once

#include "cpu/port.hpp"
#include "input/keyboard.hpp"

#include <expected>
#include <string_view>

namespace pith::input {

enum class Ps2Problem : std::uint8_t {
    no_controller,     // nothing answers at the ports
    stuck,             // it gives bytes without end, or takes none, or does not answer
    self_test_failed,  // the controller says so of itself
    port_test_failed,  // ... and of the keyboard's line
    no_keyboard,       // nothing at the other end takes commands
};
std::string_view explain(Ps2Problem problem);

// `Registers` begin at port 60.
template <cpu::ByteRegisters Registers>
class Ps2Controller {
public:
    static constexpr std::uint32_t max_polls = 200'000;  // a look takes about a microsecond

    constexpr explicit Ps2Controller(Registers registers) : registers_{registers} {}

    // Tests controller and keyboard, and sets both up: keys may be read then. Interrupts are still off.
    std::expected<void, Ps2Problem> start() {
        if (registers_.read(status) == no_device) return std::unexpected{Ps2Problem::no_controller};
        // Nothing may come from outside while we talk with the controller.
        if (!command(disable_keyboard) || !command(disable_mouse) || !drop_waiting())
            return std::unexpected{Ps2Problem::stuck};
        return test().and_then([this] { return set_up(); });
    }

    // The next byte from the keyboard, if there is one: what an interrupt handler asks for.
    std::optional<std::uint8_t> read() {
        auto const state = registers_.read(status);
        if ((state & output_full) == 0 || state == no_device) return std::nullopt;
        auto const byte = registers_.read(data);
        return (state & from_mouse) == 0 ? std::optional{byte} : std::nullopt;
    }

    // From now on each byte raises the keyboard's interrupt (1). False if the controller is stuck.
    [[nodiscard]] bool enable_interrupt() { return write_settings(settings_in_use | keyboard_interrupt); }

    // A byte for the keyboard, if the controller takes one now: for whoever reads the answer among the
    // scancodes.
    [[nodiscard]] bool try_send(std::uint8_t byte) {
        if ((registers_.read(status) & input_full) != 0) return false;
        registers_.write(data, byte);
        return true;
    }

    // Shows which locks are on. Not while a handler takes the bytes: the answers would be its.
    [[nodiscard]] bool show(Leds leds) { return tell_keyboard(set_leds) && tell_keyboard(leds.raw()); }

private:
    enum : std::uint16_t { data = 0, status = 4 };
    enum : std::uint8_t { output_full = 1 << 0, input_full = 1 << 1, from_mouse = 1 << 5, no_device = 0xff };
    enum : std::uint8_t {
        keyboard_interrupt = 1 << 0,
        system_flag        = 1 << 2,
        mouse_off          = 1 << 5,
        translation        = 1 << 6
    };
    enum : std::uint8_t {
        write_settings_next = 0x60,
        disable_mouse       = 0xa7,
        self_test           = 0xaa,
        test_keyboard_port  = 0xab,
        disable_keyboard    = 0xad,
        enable_keyboard     = 0xae
    };
    enum : std::uint8_t { set_leds = 0xed, enable_scanning = 0xf4, set_defaults = 0xf6 };
    enum : std::uint8_t { acknowledged = 0xfa, again = 0xfe, passed = 0x55, port_passed = 0x00 };
    static constexpr std::uint8_t settings_in_use = system_flag | mouse_off | translation;
    static constexpr int max_waiting = 64, max_tries = 3;
    static constexpr std::uint32_t polls_for_a_byte = 2000;

    std::expected<void, Ps2Problem> test() {
        auto const of_itself = ask(self_test);
        if (!of_itself) return std::unexpected{Ps2Problem::stuck};
        if (*of_itself != passed) return std::unexpected{Ps2Problem::self_test_failed};
        auto const of_port = ask(test_keyboard_port);
        if (!of_port) return std::unexpected{Ps2Problem::stuck};
        if (*of_port != port_passed) return std::unexpected{Ps2Problem::port_test_failed};
        return {};
    }
    // The self-test may have reset the settings, so they come after it.
    std::expected<void, Ps2Problem> set_up() {
        if (!write_settings(settings_in_use) || !command(enable_keyboard))
            return std::unexpected{Ps2Problem::stuck};
        if (!tell_keyboard(set_defaults) || !tell_keyboard(enable_scanning))
            return std::unexpected{Ps2Problem::no_keyboard};
        return {};
    }

    [[nodiscard]] bool write_settings(std::uint8_t settings) {
        return command(write_settings_next) && send(settings);
    }

    // A byte for the keyboard, until it says that it has it. Keys that are pressed meanwhile are lost.
    [[nodiscard]] bool tell_keyboard(std::uint8_t byte) {
        auto looks = max_polls;  // at all that comes before the answer
        for (int tries = 0; tries < max_tries; ++tries) {
            if (!send(byte)) return false;
            auto const answer = await_answer(looks);
            if (answer == acknowledged) return true;
            if (answer != again) return false;
        }
        return false;
    }
    // The keyboard's answer to what it was told, behind what it sent before.
    std::optional<std::uint8_t> await_answer(std::uint32_t& looks) {
        while (auto const byte = await_byte(looks)) {
            if (*byte == acknowledged || *byte == again) return byte;
        }
        return std::nullopt;
    }

    std::optional<std::uint8_t> ask(std::uint8_t question) {
        auto looks = max_polls;
        return command(question) ? await_byte(looks) : std::nullopt;
    }

    // Takes the looks that it needs from `looks`.
    std::optional<std::uint8_t> await_byte(std::uint32_t& looks) {
        while (looks > 0) {
            --looks;
            if ((registers_.read(status) & output_full) != 0) return registers_.read(data);
        }
        return std::nullopt;
    }
    // What was typed before, and what is on its way: a byte takes a millisecond on the keyboard's line.
    [[nodiscard]] bool drop_waiting() {
        for (int count = 0; count < max_waiting; ++count) {
            auto looks = polls_for_a_byte;
            if (!await_byte(looks)) return true;
        }
        return false;
    }
    [[nodiscard]] bool command(std::uint8_t byte) { return write(status, byte); }
    [[nodiscard]] bool send(std::uint8_t byte) { return write(data, byte); }
    [[nodiscard]] bool write(std::uint16_t index, std::uint8_t byte) {
        for (std::uint32_t poll = 0; poll < max_polls; ++poll) {
            if ((registers_.read(status) & input_full) != 0) continue;
            registers_.write(index, byte);
            return true;
        }
        return false;
    }

    Registers registers_;
};

}  // namespace pith::input
