// Both entries bring the stack to the same form; the rest is common to them.
    .intel_syntax noprefix
    .section .text.answer, "ax", @progbits

    .global entry_without_error_code, entry_with_error_code
entry_without_error_code:               // stack: rip, cs, rflags, rsp, ss
    push 0                              // in the error code's place

entry_with_error_code:                  // stack: error code, rip, cs, rflags, rsp, ss: 6 words
    push rax
    push rcx
    push rdx
    push rsi
    push rdi
    push r8
    push r9
    push r10
    push r11                            // 15 words: RSP is no multiple of 16 ...
    sub rsp, 8                          // ... and now it is
    cld
    lea rdi, [rsp + 10 * 8]             // the error code's address
    call on_exception
    add rsp, 8
    pop r11
    pop r10
    pop r9
    pop r8
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rax
    add rsp, 8                          // the error code
    iretq
