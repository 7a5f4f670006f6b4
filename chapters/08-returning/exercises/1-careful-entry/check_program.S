// The program that is interrupted.
    .intel_syntax noprefix
    .text

    .macro program name, instruction:vararg
    .global \name
    .type \name, @function
\name:                                  // RDI: where 15 registers, the flags and 16 vector registers go
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    push rdi
    .set number, 0x1000
    .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    mov \register, number
    .set number, number + 1
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movq xmm\number, rax                // 0x1000
    .endr
    stc
    std                                 // it counts downwards at this moment
    \instruction
    pushfq
    cld
    xchg rdi, [rsp + 8]
    .set place, 0
    .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    mov [rdi + place], \register
    .set place, place + 8
    .endr
    .set place, 16 * 8
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movq [rdi + place], xmm\number
    .set place, place + 8
    .endr
    pop qword ptr [rdi + 15 * 8]
    pop qword ptr [rdi + 5 * 8]
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
    .size \name, . - \name
    .endm

    program has_a_breakpoint, int3
    program has_an_invalid_opcode, ud2

// Notes how it was called, then overwrites all that a function may overwrite.
    .global exercise_handler
    .type exercise_handler, @function
exercise_handler:                       // RDI: the five words
    mov [seen_stack], rsp
    mov [seen_frame], rdi
    pushfq
    pop qword ptr [seen_flags]
    push rbp
    mov rbp, rsp
    cld
    and rsp, -16                        // so that the check can say what was wrong
    call examine
    mov rsp, rbp
    .irp register, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
    mov \register, -1
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    pcmpeqd xmm\number, xmm\number      // all bits set
    .endr
    pop rbp
    ret
    .size exercise_handler, . - exercise_handler
