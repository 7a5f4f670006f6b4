// Telling the processor where its tables lie: segments, interrupts, the task state.
//
// Needs:     memory (addresses).
// Reference: Intel SDM vol. 2 "LGDT/LIDT", "LTR"; vol. 3A "System Descriptor Types".
#pragma once

#include "memory/address.hpp"

#include <cstdint>

namespace pith::cpu {

// What LGDT and LIDT load: the table's last byte, counted from its first, and where it begins.
struct [[gnu::packed]] TablePointer {
    std::uint16_t limit;
    std::uint64_t base;
};
static_assert(sizeof(TablePointer) == 10);

// Switches to new segment descriptors and reloads every segment register, so that none remembers an old one:
// CS by a far return, SS, DS and ES with `data`, FS and GS with nothing.
inline void load_segments(TablePointer const& table, std::uint16_t code, std::uint16_t data) {
    asm volatile("lgdt %0\n"
                 "push %q1\n"
                 "lea rax, [rip + 1f]\n"
                 "push rax\n"
                 "retfq\n"
                 "1: mov ss, %w2\n"
                 "mov ds, %w2\n"
                 "mov es, %w2\n"
                 "xor eax, eax\n"
                 "mov fs, eax\n"
                 "mov gs, eax\n"
                 :
                 : "m"(table), "r"(std::uint64_t{code}), "r"(std::uint32_t{data})
                 : "rax", "memory");
}

inline void load_interrupt_table(TablePointer const& table) { asm volatile("lidt %0" : : "m"(table)); }

// The segment descriptors in use.
inline TablePointer segment_table() {
    TablePointer table{};
    asm volatile("sgdt %0" : "=m"(table));
    return table;
}

// The interrupt table in use.
inline TablePointer interrupt_table() {
    TablePointer table{};
    asm volatile("sidt %0" : "=m"(table));
    return table;
}

// Marks the descriptor as busy: the table must be writable.
inline void load_task(std::uint16_t selector) { asm volatile("ltr %w0" : : "r"(selector) : "memory"); }

}  // namespace pith::cpu
