// The serial port: a 16550 UART, as PCs have had it since the PS/2 of 1987, and every emulator still.
//
// Needs:     base (UTF-8), cpu (ports).
// Promises:  `start` says whether a UART answers. Writing never hangs: a port that takes nothing for
//            `max_polls` looks is given up until it takes something again. What it costs is counted.
// Reference: National Semiconductor, "PC16550D Universal Asynchronous Receiver/Transmitter with FIFOs".
#pragma once

#include "base/utf8.hpp"
#include "console/sink.hpp"
#include "cpu/port.hpp"

#include <cstdint>
#include <utility>

namespace pith::console {

template <cpu::ByteRegisters Registers>
class Uart16550 final : public Sink {
public:
    // A second on hardware, where a look takes about a microsecond (and a full queue leaves within 1.4 ms); a
    // tenth of one under QEMU without KVM, where whoever reads may have to wait for a busy host: with 20'000
    // looks the session tests lost text.
    static constexpr std::uint32_t max_polls = 1'000'000;

    constexpr explicit Uart16550(Registers registers) : registers_{registers} {}

    // #region start
    // Sets 115200 baud, 8 data bits, no parity, 1 stop bit, queues on. False if nothing answers there.
    bool start() {
        registers_.write(interrupt_enable, 0);
        registers_.write(line_control, divisor_access);
        registers_.write(data, 1);              // divisor of 115200 baud, low byte
        registers_.write(interrupt_enable, 0);  // and high byte
        registers_.write(line_control, eight_bits);
        registers_.write(queue_control, enable_and_clear_queues);
        if (!answers_in_loopback()) return false;
        // Both upper bits of the identification are set only if the queue works (the first 16550 had a bug).
        queue_depth_ = (registers_.read(queue_control) & 0xc0) == 0xc0 ? 16 : 1;
        registers_.write(modem_control, ready);
        return true;
    }
    // #endregion start

    void write(std::string_view text) override {
        for (char const character : text) write_byte(static_cast<std::uint8_t>(character));
    }

    // How many bytes were lost because the port took none, each time until it did again: whoever tells it
    // before would tell nobody, and lose more.
    std::uint64_t lost() const { return lost_; }
    // How often the state that was read here told of a byte that came and was lost. (It tells that once:
    // whoever reads what comes in would miss it.)
    std::uint64_t input_overruns() const { return input_overruns_; }

private:
    enum : std::uint16_t { data, interrupt_enable, queue_control, line_control, modem_control, line_status };
    static constexpr std::uint8_t divisor_access = 0x80, eight_bits = 0x03, enable_and_clear_queues = 0x07;
    static constexpr std::uint8_t ready = 0x03, loopback = 0x1e, data_ready = 0x01, overrun = 0x02,
                                  transmitter_empty = 0x20;

    // #region loopback
    // In loopback mode what is sent comes back: only from a real UART. On its way it takes as long as on a
    // line.
    bool answers_in_loopback() {
        constexpr std::uint8_t sample          = 0xae;
        constexpr std::uint32_t loopback_polls = 100'000;
        registers_.write(modem_control, loopback);
        registers_.read(data);  // what came in before; what a queue holds is cleared by now
        registers_.write(data, sample);
        for (std::uint32_t poll = 0; poll < loopback_polls; ++poll) {
            if ((registers_.read(line_status) & data_ready) != 0) return registers_.read(data) == sample;
        }
        return false;
    }
    // #endregion loopback

    void write_byte(std::uint8_t byte) {
        if (byte < 0x80 && decoder_.is_idle()) return send_text(byte);
        decoder_.feed(byte, [this](char32_t code_point) {
            encode_utf8(code_point, [this](std::uint8_t encoded) { send_text(encoded); });
        });
    }

    // #region send
    void send_text(std::uint8_t byte) {
        if (byte == '\n') send('\r');  // a terminal's line feed only goes down
        send(byte);
    }
    void send(std::uint8_t byte) {
        if (room_ == 0 && !wait_for_room()) {
            ++losing_;
            return;
        }
        --room_;
        registers_.write(data, byte);
    }
    bool wait_for_room() {
        if (is_stuck_ && !can_send()) return false;
        for (std::uint32_t poll = 0; poll < max_polls; ++poll) {
            if (can_send()) {
                room_     = queue_depth_;
                is_stuck_ = false;
                lost_ += std::exchange(losing_, 0);
                return true;
            }
        }
        is_stuck_ = true;
        return false;
    }

    bool can_send() {
        auto const state = registers_.read(line_status);
        if ((state & overrun) != 0) ++input_overruns_;
        return (state & transmitter_empty) != 0;
    }
    // #endregion send

    Registers registers_;
    Utf8Decoder decoder_;
    std::uint8_t queue_depth_ = 1;
    std::uint8_t room_        = 0;  // bytes that the queue takes before its state must be read again
    bool is_stuck_            = false;
    std::uint64_t lost_ = 0, losing_ = 0, input_overruns_ = 0;
};

}  // namespace pith::console
