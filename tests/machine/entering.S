// Setting scenes: the program goes on at any instruction, with any stack pointer and flags, and comes back.
    .intel_syntax noprefix

    .section .bss.entering, "aw", @nobits
    .balign 8
left_stack:                             // enter's stack pointer
    .skip 8

    .section .text.entering, "ax", @progbits
    .global enter
    .type enter, @function
enter:                                  // RDI: rip, RSI: rsp, RDX: flags; stack: return address
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov [left_stack], rsp
    mov eax, ss
    push rax
    push rsi
    push rdx
    mov eax, cs
    push rax
    push rdi                            // stack: rip, cs, rflags, rsp, ss, what enter has saved
    iretq
    .size enter, . - enter

    .global come_back
    .type come_back, @function
come_back:                              // any registers, any stack
    mov rsp, [left_stack]
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
    .size come_back, . - come_back

    .global raise_machine_check
    .type raise_machine_check, @function
raise_machine_check:
    int 18
    ud2                                 // somebody else goes on
    .size raise_machine_check, . - raise_machine_check
