// Control registers, CR0 to CR4, and debug registers.
//
// Needs:     memory (addresses).
// Reference: Intel SDM vol. 3A "Control Registers"; vol. 3B "Debug Registers".
#pragma once

#include "memory/address.hpp"

#include <cstdint>

namespace pith::cpu {

// CR0's bits that we name.
inline constexpr std::uint64_t cr0_task_switched = 1U << 3, cr0_write_protect = 1U << 16,
                               cr0_alignment_mask = 1U << 18;
// CR4's.
inline constexpr std::uint64_t cr4_machine_check = 1U << 6, cr4_global_pages = 1U << 7, cr4_fxsave = 1U << 9,
                               cr4_no_user_descriptor_tables = 1U << 11, cr4_process_contexts = 1U << 17,
                               cr4_no_user_execution = 1U << 20, cr4_no_user_access = 1U << 21,
                               cr4_control_flow = 1U << 23;

inline std::uint64_t read_cr0() {
    std::uint64_t value;
    asm volatile("mov %0, cr0" : "=r"(value) : : "memory");
    return value;
}
inline void write_cr0(std::uint64_t value) { asm volatile("mov cr0, %0" : : "r"(value) : "memory"); }
// CR0.TS off: the x87 and vector registers are there to be used.
inline void clear_task_switched() { asm volatile("clts" : : : "memory"); }

// The address of the last page fault, canonical or not.
inline std::uint64_t read_cr2() {
    std::uint64_t value;
    asm volatile("mov %0, cr2" : "=r"(value) : : "memory");
    return value;
}

inline void write_cr2(std::uint64_t value) { asm volatile("mov cr2, %0" : : "r"(value) : "memory"); }

inline std::uint64_t read_cr3() {
    std::uint64_t value;
    asm volatile("mov %0, cr3" : "=r"(value) : : "memory");
    return value;
}

// Forgets all translations that are not global.
inline void write_cr3(std::uint64_t value) { asm volatile("mov cr3, %0" : : "r"(value) : "memory"); }

inline std::uint64_t read_cr4() {
    std::uint64_t value;
    asm volatile("mov %0, cr4" : "=r"(value) : : "memory");
    return value;
}
inline void write_cr4(std::uint64_t value) { asm volatile("mov cr4, %0" : : "r"(value) : "memory"); }

// DR6: what raised a debug exception.
inline std::uint64_t read_dr6() {
    std::uint64_t value;
    asm volatile("mov %0, dr6" : "=r"(value) : : "memory");
    return value;
}
// DR6 when nothing has happened: its reserved bits are ones.
inline constexpr std::uint64_t dr6_at_rest = 0xffff'0ff0;
inline void write_dr6(std::uint64_t value) { asm volatile("mov dr6, %0" : : "r"(value) : "memory"); }

// DR7: which breakpoints are on, and for what.
inline std::uint64_t read_dr7() {
    std::uint64_t value;
    asm volatile("mov %0, dr7" : "=r"(value) : : "memory");
    return value;
}

inline void write_dr7(std::uint64_t value) { asm volatile("mov dr7, %0" : : "r"(value) : "memory"); }

// DR0 to DR3: where the breakpoints are.
template <unsigned number>
    requires(number < 4)
void write_breakpoint(std::uint64_t address) {
    if constexpr (number == 0) asm volatile("mov dr0, %0" : : "r"(address) : "memory");
    if constexpr (number == 1) asm volatile("mov dr1, %0" : : "r"(address) : "memory");
    if constexpr (number == 2) asm volatile("mov dr2, %0" : : "r"(address) : "memory");
    if constexpr (number == 3) asm volatile("mov dr3, %0" : : "r"(address) : "memory");
}

// Writes back what caches hold that memory does not, and empties them. Slow: once, when caching rules change.
inline void flush_caches() { asm volatile("wbinvd" : : : "memory"); }

// Forgets the translation of one page.
inline void flush_page(VirtAddr page) { asm volatile("invlpg [%0]" : : "r"(page.value()) : "memory"); }

// Forgets all translations, those of global pages included.
inline void flush_all_pages() {
    auto const features = read_cr4();
    if ((features & cr4_global_pages) != 0) {
        write_cr4(features & ~cr4_global_pages);
        write_cr4(features);
    } else {
        write_cr3(read_cr3());
    }
}

}  // namespace pith::cpu
