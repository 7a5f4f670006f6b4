// Code that raises what QEMU never raises, each piece once: a function, in C++ a Raise of the same name (raise.hpp).
//
//   NAME begins:   where the function begins
//   at:            the instruction that the exception interrupts
//   behind:        where a handler lets the program go on
//
// Each has a frame, so that a backtrace sees its caller, and LEAVE takes from the stack whatever is left there.
//
// Reference: Intel SDM vol. 1 "Control-flow Enforcement Technology (CET)"; vol. 3A "Interrupt 19 - SIMD
// Floating-Point Exception", "Interrupt 21 - Control Protection Exception"; vol. 4 for the registers' numbers.
    .intel_syntax noprefix
#include "exceptions/stubs.inc"

#define CR4_OSFXSR      (1 << 9)        /* SSE may be used */
#define CR4_OSXMMEXCPT  (1 << 10)       /* its exceptions are #XM; else they are #UD */
#define CR4_CET         (1 << 23)
#define IA32_S_CET      0x6a2           /* what the kernel is checked for: */
#define SHADOW_STACK    (1 << 0)
#define END_BRANCH      (1 << 2)
#define MXCSR_DEFAULT   0x1f80
#define DIVIDE_BY_ZERO  (1 << 9)        /* masked, in MXCSR */
#define NOT_CANONICAL   0x8000000000000000

    .macro begin name
    .pushsection .rodata.raises, "a", @progbits
    .balign 8
    .global \name
\name:
    .quad \name\()_begins, \name\()_at, \name\()_behind
    .popsection
    .section .text.raises, "ax", @progbits
    .type \name\()_begins, @function
\name\()_begins:
    push rbp
    mov rbp, rsp
    .endm

    .macro end name
    leave
    ret
    .size \name\()_begins, . - \name\()_begins
    .endm

// ---- SIMD floating point ----

    begin raise_simd
    mov rax, cr4
    push rax                            // stack: cr4
    or rax, CR4_OSFXSR | CR4_OSXMMEXCPT
    mov cr4, rax
    push MXCSR_DEFAULT & ~DIVIDE_BY_ZERO
    ldmxcsr [rsp]                       // stack: mxcsr, cr4
    mov eax, 0x3f800000                 // 1.0
    movd xmm0, eax
    xorps xmm1, xmm1
raise_simd_at:
    divss xmm0, xmm1
raise_simd_behind:
    mov dword ptr [rsp], MXCSR_DEFAULT
    ldmxcsr [rsp]
    mov rax, [rbp - 8]
    mov cr4, rax
    end raise_simd

// ---- Stack-segment fault: through RBP or RSP, an address that is not canonical is #SS, not #GP ----

    begin raise_stack_segment
    movabs rbp, NOT_CANONICAL
raise_stack_segment_at:
    mov rax, [rbp]
raise_stack_segment_behind:
    mov rbp, rsp
    end raise_stack_segment

// Through RSP there is no stack to deliver it on, either: a double fault.
    begin raise_double_fault
    movabs rsp, NOT_CANONICAL
raise_double_fault_at:
    push rax
raise_double_fault_behind:
    end raise_double_fault

// ---- INT1, one byte, which leaves no trace in DR6 ----

    begin raise_int1
raise_int1_at:
    .byte 0xf1
raise_int1_behind:
    end raise_int1

// ---- Control protection ----

// Uses RAX, RCX, RDX.
    .macro set_cet bits
    mov ecx, IA32_S_CET
    mov eax, \bits
    xor edx, edx
    wrmsr
    .endm

    .macro allow_cet
    mov rax, cr4
    or rax, CR4_CET
    mov cr4, rax
    .endm

// From here on the kernel has the shadow stack that IA32_PL0_SSP points to, with nothing on it.
    .macro enter_shadow_stack
    allow_cet
    set_cet SHADOW_STACK
    setssbsy
    .endm

    begin raise_missing_endbranch
    allow_cet
    set_cet END_BRANCH
    lea rax, [rip + raise_missing_endbranch_at]
    jmp rax
raise_missing_endbranch_at:
    nop
raise_missing_endbranch_behind:
    end raise_missing_endbranch

    begin raise_near_return
    enter_shadow_stack
    call 1f                             // both stacks: the next instruction's address
    ud2                                 // (a call to the very next one leaves no trace on the shadow stack)
1:  lea rax, [rip + raise_near_return_behind]
    mov [rsp], rax                      // this stack: another address
raise_near_return_at:
    ret
raise_near_return_behind:
    end raise_near_return

    begin raise_far_return
    enter_shadow_stack
    mov eax, cs
    push rax
    lea rax, [rip + raise_far_return_behind]
    push rax                            // stack: rip, cs; shadow stack: zeros
raise_far_return_at:
    retfq
raise_far_return_behind:
    end raise_far_return

// RDI: the address of a word on the shadow stack that is no token.
    begin raise_wrong_token
    enter_shadow_stack
raise_wrong_token_at:
    rstorssp [rdi]
raise_wrong_token_behind:
    end raise_wrong_token

    begin raise_busy_token
    enter_shadow_stack
raise_busy_token_at:
    setssbsy                            // it is in use already
raise_busy_token_behind:
    end raise_busy_token

// The same instruction as for a wrong token. RDI: an address that is not on a shadow stack: a page fault.
    begin raise_no_shadow_stack
    enter_shadow_stack
raise_no_shadow_stack_at:
    rstorssp [rdi]
raise_no_shadow_stack_behind:
    end raise_no_shadow_stack

// What is in order raises nothing.
    begin keep_to_endbranch
    allow_cet
    set_cet END_BRANCH
    lea rax, [rip + keep_to_endbranch_at]
    jmp rax
keep_to_endbranch_at:
    endbr64
keep_to_endbranch_behind:
    set_cet 0
    end keep_to_endbranch

    begin keep_to_shadow_stack
    enter_shadow_stack
    call 1f
keep_to_shadow_stack_behind:
    set_cet 0
    leave
    ret
1:  nop
keep_to_shadow_stack_at:
    ret
    end keep_to_shadow_stack

// ---- Entries for a kernel that is checked ----

// The kernel's handlers change where the program goes on, which a shadow stack would not allow. So the checks are
// switched off before it is entered.
    .macro entry name, vector
    .global \name
    .type \name, @function
\name:                                  // stack: error code, rip, cs, ...
    endbr64
    push rax
    push rcx
    push rdx
    set_cet 0
    pop rdx
    pop rcx
    pop rax
    jmp exception_stubs + \vector * STUB_SIZE
    .size \name, . - \name
    .endm

    entry checked_control_protection_entry, 21
    entry checked_page_fault_entry, 14
