// An entry of the interrupt descriptor table: where to enter for a vector, and on which stack.
//
//   high:  63          32 31                0
//         +--------------+-------------------+
//         | reserved     | address 63..32    |
//         +--------------+-------------------+
//   low:   63          48 47 46 45 44 43  40 39  35 34 32 31      16 15         0
//         +--------------+--+-----+--+------+------+-----+----------+------------+
//         | address 31..16| P| DPL |0 | type | 0    | IST | selector | addr. 15..0|
//         +--------------+--+-----+--+------+------+-----+----------+------------+
//
// Needs:     segments, task_state.
// Reference: Intel SDM vol. 3A "64-Bit Mode IDT".
#pragma once

#include "exceptions/segments.hpp"
#include "exceptions/task_state.hpp"

#include <cstdint>

namespace pith::exceptions {

// #region gate
class Gate {
public:
    constexpr Gate() = default;  // not present

    // Enters at `entry` in the kernel's code segment, interrupts off. `privilege` is who may ask for it by
    // `int`.
    static constexpr Gate interrupt(VirtAddr entry, InterruptStack stack, unsigned privilege = 0) {
        constexpr std::uint64_t interrupt_gate = 0xe, present = std::uint64_t{1} << 47;
        auto const address = entry.value();
        Gate gate;
        gate.low_ = (address & 0xffff) | (std::uint64_t{kernel_code.raw()} << 16) |
                    (std::uint64_t{static_cast<std::uint8_t>(stack)} << 32) | (interrupt_gate << 40) |
                    (std::uint64_t{privilege} << 45) | present | (((address >> 16) & 0xffff) << 48);
        gate.high_ = address >> 32;
        return gate;
    }

    constexpr bool is_present() const { return ((low_ >> 47) & 1) != 0; }
    constexpr VirtAddr entry() const {
        return VirtAddr{(high_ << 32) | ((low_ >> 48) << 16) | (low_ & 0xffff)};
    }
    constexpr InterruptStack stack() const { return static_cast<InterruptStack>((low_ >> 32) & 7); }
    constexpr unsigned privilege() const { return (low_ >> 45) & 3; }
    constexpr std::uint64_t low() const { return low_; }
    constexpr std::uint64_t high() const { return high_; }

private:
    std::uint64_t low_ = 0, high_ = 0;
};
// #endregion gate

// #region check
static_assert(sizeof(Gate) == 16);
static_assert([] {
    constexpr VirtAddr entry{0xffff'ffff'8012'3456};
    constexpr auto gate = Gate::interrupt(entry, InterruptStack::nmi, 3);
    return gate.entry() == entry && gate.stack() == InterruptStack::nmi && gate.privilege() == 3 &&
           gate.is_present() && gate.low() == 0x8012'ee02'0008'3456 && gate.high() == 0xffff'ffff;
}());
// #endregion check

}  // namespace pith::exceptions
