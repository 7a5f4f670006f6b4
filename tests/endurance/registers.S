// spin: every register with a number of its own, while whatever strikes strikes.
//
//   spin_before, spin_after           RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8 to R15, as they are loaded and found
//   spin_vectors_before, _after       x87 and vector registers, as FXSAVE stores them
//   spin_rounds                       so many rounds; each has a breakpoint
//
// Reference: Intel SDM vol. 2 "FXSAVE", "FXRSTOR".
    .intel_syntax noprefix

    .section .bss.spin, "aw", @nobits
    .balign 16
    .global spin_vectors_before, spin_vectors_after, spin_before, spin_after, spin_rounds
spin_vectors_before:
    .skip 512
spin_vectors_after:
    .skip 512
spin_before:
    .skip 15 * 8
spin_after:
    .skip 15 * 8
spin_rounds:
    .skip 8

    .section .text.spin, "ax", @progbits
    .global spin
    .type spin, @function
spin:                                   // stack: return address
    push rbx                            // what a function has to preserve
    push rbp
    push r12
    push r13
    push r14
    push r15                            // stack: r15, r14, r13, r12, rbp, rbx, return address
    fxrstor64 [spin_vectors_before]
    .set place, 0
    .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    mov \register, [spin_before + place]
    .set place, place + 8
    .endr
1:  int3
    .rept 50
    pause
    .endr
    dec qword ptr [spin_rounds]
    jnz 1b
    .set place, 0
    .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    mov [spin_after + place], \register
    .set place, place + 8
    .endr
    fxsave64 [spin_vectors_after]
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx                             // stack: return address
    ret
    .size spin, . - spin
