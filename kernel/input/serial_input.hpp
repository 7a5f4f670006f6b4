// The receiving half of a 16550. The console owns the other half, and has set the line up before.
//
// Both look at the line status, which tells of a lost byte only once: each counts what it saw. The modem
// control, which the console has set, is added to here.
//
// Needs:     cpu (ports).
// Promises:  never waits.
// Reference: National Semiconductor, "PC16550D Universal Asynchronous Receiver/Transmitter with FIFOs", "Line
//            Status Register", "Interrupt Enable Register", "MODEM Control Register" (OUT 2 leads the
//            interrupt to a PC's interrupt controller: IBM, "Serial/Parallel Adapter").
#pragma once

#include "cpu/port.hpp"

#include <cstdint>
#include <optional>

namespace pith::input {

template <cpu::ByteRegisters Registers>
class SerialInput {
public:
    constexpr explicit SerialInput(Registers registers) : registers_{registers} {}

    // The next byte, if one has come: what an interrupt handler asks for until there is none.
    std::optional<std::uint8_t> read() {
        auto const state = registers_.read(line_status);
        if (state == no_device) return std::nullopt;
        if ((state & overrun) != 0) ++overruns_;
        return (state & data_ready) != 0 ? std::optional{registers_.read(data)} : std::nullopt;
    }

    // From now on what comes raises the port's interrupt (4 for the first port).
    void enable_interrupt() {
        registers_.write(modem_control, static_cast<std::uint8_t>(registers_.read(modem_control) | out_2));
        registers_.write(interrupt_enable, received_data);
    }

    // How often the hardware's queue was full when a byte came, and one or more were lost.
    std::uint64_t overruns() const { return overruns_; }

private:
    enum : std::uint16_t { data = 0, interrupt_enable = 1, modem_control = 4, line_status = 5 };
    enum : std::uint8_t {
        data_ready    = 0x01,
        overrun       = 0x02,
        received_data = 0x01,
        out_2         = 0x08,
        no_device     = 0xff
    };

    Registers registers_;
    std::uint64_t overruns_ = 0;
};

}  // namespace pith::input
