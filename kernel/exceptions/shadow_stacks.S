// The shadow stacks, a guard page below each (console/stacks.hpp draws one). A word at the top of each is its token.
//
// A frame on the kernel's stack takes 16 bytes or more, and its return address 8 of them: with half of its size the
// shadow stack is never full before it is. What runs on the critical stack pushes to the same one.
    .intel_syntax noprefix
#include "boot/entry.inc"
#include "exceptions/stubs.inc"

    .macro shadow_stack name, size
    .skip GUARD_SIZE
    .global \name\()_shadow_bottom, \name\()_shadow_top
\name\()_shadow_bottom:
    .skip \size
\name\()_shadow_top:
    .endm

    .section .shadow_stacks, "aw", @nobits
    .balign 4096
    shadow_stack kernel, (BOOT_STACK_SIZE + CRITICAL_STACK_SIZE) / 2
    shadow_stack double_fault, DOUBLE_FAULT_SHADOW_SIZE
    shadow_stack entries, 4 * ENTRY_SHADOW_SIZE   // three of these, in one page
