// The string instructions: copying and filling memory in one instruction, repeated by the processor.
//
// Needs:     nothing. The direction flag is clear, as the System V ABI has it at every call.
// Promises:  exactly `count` units are read and written, in order from the lowest address up. That order
//            holds for overlapping ranges too: a copy to a lower address arrives whole.
// Reference: Intel SDM vol. 2B "REP/REPE/REPZ/REPNE/REPNZ", "MOVS/MOVSB/MOVSW/MOVSD/MOVSQ",
//            "STOS/STOSB/STOSW/STOSD/STOSQ"; vol. 1 "Fast-String Operation".
#pragma once

#include <cstddef>
#include <cstdint>

namespace pith::cpu {

inline void copy_bytes(void* destination, void const* source, std::size_t count) {
    // SAFETY: because the three registers it changes are operands, and what it writes is told as "memory".
    asm volatile("rep movsb" : "+D"(destination), "+S"(source), "+c"(count) : : "memory");
}

inline void copy_words(void* destination, void const* source, std::size_t count) {
    // SAFETY: because the three registers it changes are operands, and what it writes is told as "memory".
    asm volatile("rep movsq" : "+D"(destination), "+S"(source), "+c"(count) : : "memory");
}

inline void fill_bytes(void* destination, std::uint8_t value, std::size_t count) {
    // SAFETY: because the two registers it changes are operands, and what it writes is told as "memory".
    asm volatile("rep stosb" : "+D"(destination), "+c"(count) : "a"(value) : "memory");
}

inline void fill_words(void* destination, std::uint64_t value, std::size_t count) {
    // SAFETY: because the two registers it changes are operands, and what it writes is told as "memory".
    asm volatile("rep stosq" : "+D"(destination), "+c"(count) : "a"(value) : "memory");
}

}  // namespace pith::cpu
