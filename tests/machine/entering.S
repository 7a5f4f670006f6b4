// Setting scenes: the program goes on at any instruction, with any stack pointer and flags, and comes back. Or with
// any wide vectors.
    .intel_syntax noprefix
#include "leave_stack.inc"

    .section .text.entering, "ax", @progbits
    .global enter
    .type enter, @function
enter:                                  // RDI: rip, RSI: rsp, RDX: flags; stack: return address
    leave_stack
    mov eax, ss
    push rax
    push rsi
    push rdx
    mov eax, cs
    push rax
    push rdi                            // stack: rip, cs, rflags, rsp, ss, what enter has saved
    iretq
    .size enter, . - enter

    .global enter_ring_3
    .type enter_ring_3, @function
enter_ring_3:                           // RDI: rip, RSI: rsp; stack: return address. Comes back as enter does
    leave_stack
    push 0x1b                           // the user's data
    push rsi
    push 2                              // interrupts are off
    push 0x23                           // the user's code
    push rdi                            // stack: rip, cs, rflags, rsp, ss, what enter_ring_3 has saved
    swapgs
    iretq
    .size enter_ring_3, . - enter_ring_3

    .global come_back
    .type come_back, @function
come_back:                              // any registers, any stack
    return_on_left_stack
    .size come_back, . - come_back

    .global raise_machine_check
    .type raise_machine_check, @function
raise_machine_check:
    int 18
    ud2                                 // somebody else goes on
    .size raise_machine_check, . - raise_machine_check

// ---- Vector registers of 256 bits ----

#define CR4_OSFXSR  (1 << 9)
#define CR4_OSXSAVE (1 << 18)
#define XCR0_AVX    7                   // x87, SSE, AVX

    .global fill_wide_vectors, store_wide_vectors
    .type fill_wide_vectors, @function
fill_wide_vectors:                      // RDI: 16 times 32 bytes
    mov rax, cr4
    or rax, CR4_OSFXSR | CR4_OSXSAVE
    mov cr4, rax
    xor ecx, ecx
    xor edx, edx
    mov eax, XCR0_AVX
    xsetbv
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovups ymm\number, [rdi + 32 * \number]
    .endr
    ret
    .size fill_wide_vectors, . - fill_wide_vectors

    .type store_wide_vectors, @function
store_wide_vectors:                     // RDI: 16 times 32 bytes
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovups [rdi + 32 * \number], ymm\number
    .endr
    ret
    .size store_wide_vectors, . - store_wide_vectors
