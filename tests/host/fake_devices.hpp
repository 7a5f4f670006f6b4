// Devices that are not there: what the drivers of kernel/console talk to in tests.
//
// A driver takes its registers by value, so each fake is a state that the test owns, and a handle to it.
#pragma once

#include "cpu/port.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace pith::testing {

// A 16550 as its manual describes it, or what stands in its place.
struct FakeUart {
    bool is_there           = true;
    bool has_lost           = false;  // a byte came when the queue was full
    std::size_t queue_size  = 16;     // 1: a chip without a working queue
    bool is_stuck           = false;  // the transmitter never gets empty
    unsigned loopback_delay = 0;      // looks at the line status until a byte has come round
    std::string sent;                 // what left through the line
    std::string waiting;              // received before the driver started
    std::uint64_t status_reads = 0;
    bool has_overrun           = false;  // more was written than the queue takes
    std::uint16_t divisor      = 12;
    std::uint8_t line_control = 0, modem_control = 0, interrupts = 0xff;

    std::uint8_t read(std::uint16_t index) {
        if (!is_there) return 0xff;
        switch (index) {
            case 0:  return take_received();
            case 2:  return is_queue_enabled_ && queue_size > 1 ? 0xc1 : 0x01;
            case 3:  return line_control;
            case 4:  return modem_control;
            case 5:  return read_status();
            default: return 0;
        }
    }
    void write(std::uint16_t index, std::uint8_t value) {
        if (!is_there) return;
        bool const is_divisor = (line_control & 0x80) != 0;
        switch (index) {
            case 0:  is_divisor ? set_divisor(0, value) : send(value); return;
            case 1:  is_divisor ? set_divisor(8, value) : static_cast<void>(interrupts = value); return;
            case 2:  control_queue(value); return;
            case 3:  line_control = value; return;
            case 4:  modem_control = value; return;
            default: return;
        }
    }

private:
    static constexpr std::uint8_t received = 0x01, overrun = 0x02, transmitter_empty = 0x60, loopback = 0x10;

    void set_divisor(unsigned shift, std::uint8_t value) {
        divisor = static_cast<std::uint16_t>((divisor & ~(0xff << shift)) | (value << shift));
    }
    void control_queue(std::uint8_t value) {
        bool const is_enabled = (value & 1) != 0;
        if (is_enabled != is_queue_enabled_ || (value & 2) != 0) waiting.clear();
        is_queue_enabled_ = is_enabled;
    }
    void send(std::uint8_t value) {
        if ((modem_control & loopback) != 0) {
            waiting.push_back(static_cast<char>(value));
            delay_left_ = loopback_delay;
            return;
        }
        has_overrun = has_overrun || queued_ >= (is_queue_enabled_ ? queue_size : 1);
        ++queued_;
        sent.push_back(static_cast<char>(value));
    }
    std::uint8_t take_received() {
        if (waiting.empty() || delay_left_ != 0) return 0;
        auto const value = static_cast<std::uint8_t>(waiting.front());
        waiting.erase(0, 1);
        return value;
    }
    // Time passes when somebody looks.
    std::uint8_t read_status() {
        ++status_reads;
        if (!is_stuck) queued_ = 0;
        if (delay_left_ != 0) --delay_left_;
        bool const has_received = !waiting.empty() && delay_left_ == 0;
        return static_cast<std::uint8_t>((queued_ == 0 ? transmitter_empty : 0) |
                                         (has_received ? received : 0) |
                                         (std::exchange(has_lost, false) ? overrun : 0));
    }

    bool is_queue_enabled_ = false;
    std::size_t queued_    = 0;
    unsigned delay_left_   = 0;
};

// The CRT controller's index and data register, or what stands in their place.
struct FakeCrtController {
    bool is_there = true;
    std::array<std::uint8_t, 256> registers{};
    std::uint8_t index = 0;

    std::uint8_t read(std::uint16_t port) {
        if (!is_there) return 0xff;
        return port == 0 ? index : registers[index];
    }
    void write(std::uint16_t port, std::uint8_t value) {
        if (port == 0)
            index = value;
        else
            registers[index] = value;
    }
    std::size_t cursor() const { return static_cast<std::size_t>((registers[0x0e] << 8) | registers[0x0f]); }
};

// The 8042 with a keyboard, or what stands in their place.
struct FakePs2Controller {
    bool is_there               = true;
    bool takes_nothing          = false;  // its input buffer never gets empty
    bool gives_without_end      = false;  // its output buffer never does
    bool is_mute                = false;  // commands have no answer
    std::uint8_t self_test      = 0x55;
    std::uint8_t port_test      = 0x00;
    bool has_keyboard           = true;
    bool answers_with_keys      = false;  // the keyboard does, and with one more for each that is read
    unsigned repetitions_wanted = 0;      // the keyboard asks for each byte so many times more
    unsigned delay              = 3;      // looks at the status until something happens
    std::uint8_t settings       = 0xff;
    std::string to_keyboard;  // what the keyboard was told
    unsigned bytes_for_keyboard = 0;
    bool wrote_too_early        = false;
    bool is_mouse               = false;  // what waits comes from a mouse
    std::uint64_t status_reads  = 0;

    // The keyboard sends this, if it is let.
    void type(std::string_view bytes) {
        if ((settings & 0x10) == 0) waiting_ += bytes;
    }
    bool is_empty() const { return waiting_.empty(); }

    std::uint8_t read(std::uint16_t index) {
        if (!is_there) return 0xff;
        if (index == 0) return take();
        ++status_reads;
        if (delay_left_ != 0) --delay_left_;
        bool const is_full = gives_without_end || (!waiting_.empty() && delay_left_ == 0);
        return static_cast<std::uint8_t>((is_full ? 1 : 0) | (takes_nothing || delay_left_ != 0 ? 2 : 0) |
                                         (is_mouse ? 0x20 : 0));
    }
    void write(std::uint16_t index, std::uint8_t value) {
        wrote_too_early = wrote_too_early || delay_left_ != 0;
        delay_left_     = delay;
        if (index == 4) return command(value);
        if (std::exchange(expects_settings_, false)) {
            settings = value;
        } else {
            tell_keyboard(value);
        }
    }

private:
    static constexpr std::uint8_t key = 0x1e;

    std::uint8_t take() {
        if (waiting_.empty()) return 0;
        auto const byte = static_cast<std::uint8_t>(waiting_.front());
        waiting_.erase(0, 1);
        delay_left_ = delay;
        if (answers_with_keys) answer(key);
        return byte;
    }
    void command(std::uint8_t value) {
        switch (value) {
            case 0x60: expects_settings_ = true; return;
            case 0xa7: settings |= 0x20; return;
            case 0xaa: settings = 0x00; return answer(self_test);  // it forgets its settings
            case 0xab: return answer(port_test);
            case 0xad: settings |= 0x10; return;
            case 0xae: settings &= 0xef; return;
            default:   return;
        }
    }
    void answer(std::uint8_t value) {
        if (!is_mute) waiting_.push_back(static_cast<char>(value));
    }
    void tell_keyboard(std::uint8_t value) {
        ++bytes_for_keyboard;
        if (!has_keyboard) return;
        if (answers_with_keys) return answer(key);
        if (repeated_++ < repetitions_wanted) return answer(0xfe);
        repeated_ = 0;
        to_keyboard.push_back(static_cast<char>(value));
        answer(0xfa);
    }

    std::string waiting_;
    bool expects_settings_ = false;
    unsigned delay_left_ = 0, repeated_ = 0;
};

// How a driver holds a fake.
template <typename Device>
struct Handle {
    Device* device;

    std::uint8_t read(std::uint16_t index) { return device->read(index); }
    void write(std::uint16_t index, std::uint8_t value) { device->write(index, value); }
};

static_assert(cpu::ByteRegisters<Handle<FakeUart>> && cpu::ByteRegisters<Handle<FakeCrtController>>);

}  // namespace pith::testing
