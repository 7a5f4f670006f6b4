// What the processor has for protecting memory and the flow of control, from CPUID.
//
// Needs:     cpuid.
// Reference: Intel SDM vol. 2 "CPUID"; vol. 1 "Supervisor Shadow Stack Token"; AMD APM vol. 3 "Obtaining
//            Processor Information Via the CPUID Instruction".
#pragma once

#include "cpu/cpuid.hpp"

namespace pith::cpu {

struct MemoryFeatures {
    bool no_execute;           // NX: pages that hold no code
    bool global_pages;         // PGE: translations that outlive a change of address space
    bool process_contexts;     // PCID: translations marked with the address space they belong to
    bool no_user_execution;    // SMEP: the kernel cannot run a user's pages
    bool no_user_access;       // SMAP: nor read or write them by mistake
    bool no_user_descriptors;  // UMIP: programs cannot ask where the descriptor tables are
    bool branch_tracking;      // IBT: indirect calls and jumps have to lead to an ENDBR64
    bool shadow_stacks;        // returns have to lead where the call came from, in the kernel as well
    bool huge_pages;           // pages of 1 GiB
    bool attribute_table;      // PAT: what a page's caching bits mean can be chosen
};

inline MemoryFeatures memory_features() {
    constexpr std::uint32_t extended = 0x8000'0000;
    auto const has        = [](std::uint32_t word, unsigned bit) { return (word >> bit & 1) != 0; };
    auto const basic      = cpuid(1);
    auto const structured = cpuid(0).eax >= 7 ? cpuid(7) : CpuidResult{};
    // What comes between the mark that a shadow stack is busy and the words that are pushed then leaves it busy for ever. No
    // page fault does: ours are always there. But a virtual machine's monitor may, if it does not promise otherwise (CET_SSS).
    // Xen decides likewise ("Shadow Stack Fracturing").
    bool const is_virtual = has(basic.ecx, 31);
    auto const unbroken   = structured.eax >= 1 ? cpuid(7, 1) : CpuidResult{};
    auto const more       = cpuid(extended).eax >= extended + 1 ? cpuid(extended + 1) : CpuidResult{};
    return {.no_execute          = has(more.edx, 20),
            .global_pages        = has(basic.edx, 13),
            .process_contexts    = has(basic.ecx, 17),
            .no_user_execution   = has(structured.ebx, 7),
            .no_user_access      = has(structured.ebx, 20),
            .no_user_descriptors = has(structured.ecx, 2),
            .branch_tracking     = has(structured.edx, 20),
            .shadow_stacks       = has(structured.ecx, 7) && (!is_virtual || has(unbroken.edx, 18)),
            .huge_pages          = has(more.edx, 26),
            .attribute_table     = has(basic.edx, 16)};
}

// How many bits a physical address has.
inline unsigned physical_address_bits() {
    constexpr std::uint32_t leaf = 0x8000'0008, usual = 36;
    return cpuid(0x8000'0000).eax >= leaf ? cpuid(leaf).eax & 0xff : usual;
}

}  // namespace pith::cpu
