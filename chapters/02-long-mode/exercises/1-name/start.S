// Exercise 2.1: show the processor's name: 48 bytes of text, from CPUID's leaves 0x80000002, 0x80000003 and 0x80000004.
// Where these leaves are not there, show "no name".
    .intel_syntax noprefix
#include "memory/layout.inc"

    .text
    .global kernel_main
kernel_main:                            // stack: return address
    movabs rdi, DIRECT_MAP_START + 0xb8000 // the screen, made blank
    mov ecx, 80 * 25 / 4
    movabs rax, 0x0720072007200720
    rep stosq
                                        // <- is leaf 0x80000004 there?
                                        // <- three times CPUID, and the text to the screen
stop:
    cli
    hlt
    jmp stop
