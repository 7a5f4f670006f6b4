// Devices that are not there: what the drivers of kernel/console talk to in tests.
//
// A driver takes its registers by value, so each fake is a state that the test owns, and a handle to it.
#pragma once

#include "cpu/port.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace pith::testing {

// A 16550 as its manual describes it, or what stands in its place.
struct FakeUart {
    bool is_there           = true;
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
    static constexpr std::uint8_t received = 0x01, transmitter_empty = 0x60, loopback = 0x10;

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
                                         (has_received ? received : 0));
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

// How a driver holds a fake.
template <typename Device>
struct Handle {
    Device* device;

    std::uint8_t read(std::uint16_t index) { return device->read(index); }
    void write(std::uint16_t index, std::uint8_t value) { device->write(index, value); }
};

static_assert(cpu::ByteRegisters<Handle<FakeUart>> && cpu::ByteRegisters<Handle<FakeCrtController>>);

}  // namespace pith::testing
