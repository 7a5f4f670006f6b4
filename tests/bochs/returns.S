// An exception that strikes while an NMI is on its small stack and on that one's shadow.
    .intel_syntax noprefix
#include "../machine/leave_stack.inc"

    .section .text.returns, "ax", @progbits
    .global machine_check_on_stack, behind_nmi
    .type machine_check_on_stack, @function
machine_check_on_stack:                 // RDI: where the NMI's RSP is; RSI: where what it pushed to its shadow stack is;
                                        // EDX: 0 if its SSP is there, too, and has not left yet
    leave_stack
    rdsspq rax
    wrssq [rsi], rax                    // the NMI has interrupted the program here ...
    lea rax, [rip + behind_nmi]
    wrssq [rsi + 8], rax                // ... and is to return there
    mov eax, cs
    wrssq [rsi + 16], rax
    lea rax, [rsi + 25]
    wrssq [rsi + 24], rax               // its token: in use
    test edx, edx
    jnz 1f
    lea rax, [rsi + 1]
    wrssq [rsi - 8], rax
    rstorssp [rsi - 8]
    mov eax, 1
    incsspq rax                         // SSP: what the NMI pushed
1:  mov rsp, rdi
    int 18
    ud2

behind_nmi:
    return_on_left_stack
    .size machine_check_on_stack, . - machine_check_on_stack
