// The PC's timer as firmware leaves it: 18 interrupts a second, at vector 8. Only for the two kernels beside
// this file, which need something that interrupts them.
//
// How an interrupt finds its handler is told in chapter 6, and what the controller wants in chapter 14.
#pragma once

#include "cpu/descriptor_tables.hpp"
#include "cpu/interrupts.hpp"
#include "cpu/port.hpp"
#include "cpu/registers.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace timer {

// What the processor has pushed. Nobody looks at it here.
struct Frame;

// A function with the attribute `interrupt`: the compiler saves every register, and returns by IRETQ.
using Handler = void (*)(Frame*);

inline constexpr pith::cpu::Port<std::uint8_t> controller{0x20}, mask{0x21}, mask_of_second{0xa1};

// Tells the controller that this interrupt was served: before that no other one comes.
inline void served() { controller.write(0x20); }

// From now on `handler` is called at each tick.
inline void start(Handler handler) {
    constexpr std::size_t vector = 8, words_a_gate = 2;
    constexpr std::uint64_t present_interrupt_gate = 0x8e00;
    static constinit std::array<std::uint64_t, words_a_gate*(vector + 1)> table{};
    pith::cpu::Registers registers;
    pith::cpu::capture_registers(registers);  // for CS
    auto const address           = std::bit_cast<std::uint64_t>(handler);
    table[vector * words_a_gate] = (address & 0xffff) | registers.cs << 16 | present_interrupt_gate << 32 |
                                   (address >> 16 & 0xffff) << 48;
    table[vector * words_a_gate + 1] = address >> 32;
    pith::cpu::load_interrupt_table(
        {.limit = sizeof table - 1, .base = std::bit_cast<std::uint64_t>(table.data())});
    mask.write(0xfe);  // the timer's line, and no other
    mask_of_second.write(0xff);
    pith::cpu::enable_interrupts();
}

}  // namespace timer
