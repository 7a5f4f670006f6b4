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

// With CR0.TS an x87 instruction faults, and the kernel has no other. FNOP does nothing else. (Both of x87 are functions of
// their own: the test image.no_vector_registers lets them have what nobody else may.)
[[gnu::noinline]] inline std::expected<void, Fault> try_x87_switched_off() {
    std::uint64_t fault;
    auto const before = read_cr0();
    write_cr0(before | cr0_task_switched);
    asm volatile(PITH_MAY_FAULT("fnop") : "=&D"(fault) : : "memory");
    write_cr0(before);
    return detail::outcome_of(fault);
}

// x87 keeps an error to itself until the next instruction of its own, here FWAIT. Nobody else's numbers are in
// its registers: the kernel is built without floating point.
[[gnu::noinline]] inline std::expected<void, Fault> try_x87_division_by_zero() {
    constexpr std::uint16_t zero_divide_faults = 0x37b;  // else as FNINIT leaves it: all are masked
    std::uint64_t fault;
    asm volatile("fninit\n"
                 "fldcw %1\n"
                 "fldz\n"
                 "fld1\n"
                 "fdiv st, st(1)\n"                // 1 / 0
                 PITH_MAY_FAULT("fwait") "fninit"  // forgets the error, and masks the next
                 : "=&D"(fault)
                 : "m"(zero_divide_faults)
                 : "memory");
    return detail::outcome_of(fault);
}

// Loads ES, by which nothing is addressed in 64-bit mode.
inline std::expected<void, Fault> try_load_data_segment(std::uint16_t selector) {
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT("mov es, %w1") : "=&D"(fault) : "r"(std::uint32_t{selector}) : "memory");
    return detail::outcome_of(fault);
}

inline std::expected<void, Fault> try_load_stack_segment(std::uint16_t selector) {
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT("mov ss, %w1") : "=&D"(fault) : "r"(std::uint32_t{selector}) : "memory");
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
