// Exceptions, raised on purpose: one instruction each.
//
// Those that begin with `try_` are declared (fixup.hpp): should nobody else do anything about the exception,
// the program goes on behind the instruction.
//
// Needs:     fixup.
// Reference: Intel SDM vol. 3A "Exception and Interrupt Reference".
#pragma once

#include "cpu/control_registers.hpp"
#include "cpu/fixup.hpp"

namespace pith::cpu {

namespace detail {

inline std::expected<void, Fault> outcome_of(std::uint64_t fault) {
    if (fault != 0) return std::unexpected{Fault{fault}};
    return {};
}

}  // namespace detail

// INT with this number. It is a call rather than an accident: the program goes on by itself, and the
// processor pushes no error code whatever the number.
template <std::uint8_t vector>
void software_interrupt() {
    asm volatile("int %0" : : "i"(vector) : "memory");
}

inline void breakpoint() { asm volatile("int3" : : : "memory"); }

inline std::expected<void, Fault> try_divide_by_zero() {
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT("div %1") : "=&D"(fault) : "r"(0U) : "rax", "rdx", "memory");
    return detail::outcome_of(fault);
}

inline std::expected<void, Fault> try_undefined_instruction() {
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT("ud2") : "=&D"(fault) : : "memory");
    return detail::outcome_of(fault);
}

// Reads at the middle of the addresses that no processor with 4-level paging has.
inline std::expected<void, Fault> try_noncanonical_read() {
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT("mov rax, [%1]")
                 : "=&D"(fault)
                 : "r"(std::uint64_t{1} << 63)
                 : "rax", "memory");
    return detail::outcome_of(fault);
}

// Writes to what breakpoint register 0 watches: the debug exception comes behind the instruction.
inline void touch_watched_memory() {
    constexpr std::uint64_t on_write_of_four_bytes = 0xd'0001;  // local, write, 4 bytes
    std::uint32_t watched                          = 0;
    auto const before                              = read_dr7();
    write_breakpoint<0>(VirtAddr{&watched}.value());
    write_dr7(before | on_write_of_four_bytes);
    asm volatile("mov dword ptr [%0], 1" : : "r"(&watched) : "memory");
    write_dr7(before);
}

}  // namespace pith::cpu
