// The hand-written floor: the least that the same work can cost. Kept free of everything that a real kernel needs
// (vectors, frames, user mode, error codes), so that it shows what those cost.
    .intel_syntax noprefix
#include "memory/layout.inc"

    .text
// A breakpoint that saves all general registers, calls, and returns.
    .global floor_breakpoint_entry
    .type floor_breakpoint_entry, @function
floor_breakpoint_entry:                 // stack: rip, cs, rflags, rsp, ss
    endbr64
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
    mov rdi, rsp
    cld
    call floor_nothing
    pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rbp
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
    iretq
floor_nothing:
    ret

// A page fault that maps the one page which this is about, and returns. RBX points to the page's entry.
    .global floor_page_fault_entry
    .type floor_page_fault_entry, @function
floor_page_fault_entry:                 // stack: error code, rip, ...
    endbr64
    push rax
    mov rax, cr2
    mov qword ptr [rbx], offset bench_page - KERNEL_START + 3
    pop rax
    add rsp, 8
    iretq
