// #region gate
#pragma once

#include <cstdint>

struct Gate {
    std::uint16_t address_0_15;
    std::uint16_t code_segment;
    std::uint8_t stack;  // 0: the one in use
    std::uint8_t kind;
    std::uint16_t address_16_31;
    std::uint32_t address_32_63;
    std::uint32_t reserved;
};
static_assert(sizeof(Gate) == 16);
// #endregion gate

// #region make_gate
constexpr Gate make_gate(std::uint64_t entry, std::uint16_t code_segment) {
    constexpr std::uint8_t present_interrupt_gate = 0x8e;
    return {.address_0_15  = static_cast<std::uint16_t>(entry),
            .code_segment  = code_segment,
            .stack         = 0,
            .kind          = present_interrupt_gate,
            .address_16_31 = static_cast<std::uint16_t>(entry >> 16),
            .address_32_63 = static_cast<std::uint32_t>(entry >> 32),
            .reserved      = 0};
}
static_assert(make_gate(0xffff'ffff'8012'3456, 8).address_16_31 == 0x8012);

// From now on the processor goes to `entry` when `vector` arrives.
void set_gate(unsigned vector, void (*entry)());
// #endregion make_gate
