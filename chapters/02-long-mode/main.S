// Chapter 2: the same two letters, from 64-bit code. kernel/boot has brought us here.
    .intel_syntax noprefix
#include "memory/layout.inc"

    .text
    .global kernel_main
kernel_main:                            // stack: return address
    movabs rdi, DIRECT_MAP_START + 0xb8000 // the screen, where all physical memory is mapped
    mov rsi, rdi
    mov ecx, 80 * 25 / 4
    movabs rax, 0x0720072007200720      // four blanks
    rep stosq
    movabs rax, 0x2f202f202f4b2f4f      // "OK" and two blanks, white on green: eight bytes at once need 64 bits
    mov [rsi], rax
stop:
    cli
    hlt
    jmp stop
