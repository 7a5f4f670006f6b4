// Chapter 8's failure before the cure: an entry that saves nothing, and a program that looks at what it lost.
    .intel_syntax noprefix
    .text

// #region entry
    .global naive_entry
    .type naive_entry, @function
naive_entry:                            // stack: rip, cs, rflags, rsp, ss
    call [naive_handler]
    iretq
    .size naive_entry, . - naive_entry
// #endregion entry

// #region program
// Sets every general register but RSP, has a breakpoint, and stores what stands in them then: rax, rbx, rcx, rdx, rsi,
// rdi, rbp, r8 to r15.
    .global fill_and_look
    .type fill_and_look, @function
fill_and_look:                          // RDI: where 15 numbers go
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
    int3
    xchg rdi, [rsp]                     // RDI: where they go; on the stack what stood in it
    .set place, 0
    .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    mov [rdi + place], \register
    .set place, place + 8
    .endr
    pop qword ptr [rdi + 5 * 8]
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret
    .size fill_and_look, . - fill_and_look
// #endregion program
