// Raises an exception with a known number in every register and the direction flag set, and keeps what stands there
// afterwards.
    .intel_syntax noprefix
    .section .text.check_raise, "ax", @progbits

    .macro raise name, instruction
    .global raise_\name, \name\()_instruction
    .type raise_\name, @function
raise_\name:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    .set number, 0
    .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    mov \register, 0x4242000000001000 + number * 8
    .set number, number + 1
    .endr
    mov [rsp_before], rsp
    std
\name\()_instruction:
    \instruction
    mov [rsp_after], rsp
    .set number, 0
    .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    mov [registers_after + number * 8], \register
    .set number, number + 1
    .endr
    pushfq
    pop qword ptr [flags_after]
    cld
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
    .size raise_\name, . - raise_\name
    .endm

    raise undefined, ud2                // no error code
    raise selector, "mov es, eax"       // error code 0x1000: what is in RAX

    .section .bss.check_raise, "aw", @nobits
    .balign 8
    .global registers_after, rsp_before, rsp_after, flags_after
registers_after:
    .skip 15 * 8
rsp_before:
    .skip 8
rsp_after:
    .skip 8
flags_after:
    .skip 8
