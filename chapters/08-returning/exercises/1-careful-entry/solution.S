// Exercise 8.1: an entry for a breakpoint and for an invalid opcode. Neither has an error code.
    .intel_syntax noprefix
    .text
    .global careful_entry
    .type careful_entry, @function
careful_entry:                          // stack: rip, cs, rflags, rsp, ss
    push rax
    push rcx
    push rdx
    push rsi
    push rdi
    push r8
    push r9
    push r10
    push r11                            // nine words and the five ...
    sub rsp, 512                        // ... and 64 more: RSP is a multiple of 16
    fxsave64 [rsp]
    cld                                 // IRETQ brings the program's own flag back
    lea rdi, [rsp + 512 + 9 * 8]
    call exercise_handler
    fxrstor64 [rsp]
    add rsp, 512
    pop r11
    pop r10
    pop r9
    pop r8
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rax
    iretq
    .size careful_entry, . - careful_entry
