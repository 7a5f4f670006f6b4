// #region stubs
    .intel_syntax noprefix
    .section .text.entries, "ax", @progbits

    .global divide_error_entry, breakpoint_entry, general_protection_entry
divide_error_entry:                     // stack: rip, cs, rflags, rsp, ss
    push 0                              // where other vectors have their error code
    push offset on_divide_error         // whom to call
    jmp enter
breakpoint_entry:                       // stack: rip, cs, rflags, rsp, ss
    push 0
    push offset on_breakpoint
    jmp enter
general_protection_entry:               // stack: error code, rip, cs, rflags, rsp, ss
    push offset on_general_protection
    jmp enter
// #endregion stubs

// #region enter
enter:                                  // stack: handler, error code, rip, cs, rflags, rsp, ss
    push rax                            // the nine registers that a C++ function may overwrite
    push rcx
    push rdx
    push rsi
    push rdi
    push r8
    push r9
    push r10
    push r11                            // stack: a Frame; RSP is a multiple of 16
    cld                                 // compiled code counts upwards
    mov rdi, rsp                        // the first argument: the Frame's address
    call [rsp + 9 * 8]                  // the handler
    pop r11
    pop r10
    pop r9
    pop r8
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rax
    add rsp, 16                         // handler and error code
    iretq                               // stack: rip, cs, rflags, rsp, ss
// #endregion enter
