// The hand-written floor: the least that it costs to go on on another stack, and to call a function.
    .intel_syntax noprefix

    .text
// floor_switch(other): saves what functions may not change, exchanges RSP with *other, and returns to whoever switched
// away there.
    .global floor_switch
    .type floor_switch, @function
floor_switch:                           // stack: return address
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov rax, [rdi]
    mov [rdi], rsp
    mov rsp, rax                        // stack: r15, r14, r13, r12, rbp, rbx, return address of the other
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

// The other stack's program. RDI is as it was when somebody switched to it.
    .global floor_partner
    .type floor_partner, @function
floor_partner:
    call floor_switch
    jmp floor_partner

    .global floor_call
    .type floor_call, @function
floor_call:
    mov rax, rdi
    ret
