// Calls map_screen, and then writes to the screen through the address that it has to have mapped.
    .intel_syntax noprefix
#include "memory/layout.inc"

#define WINDOW 0xffffc12345600000       /* here physical address 0 shall be seen, and 2 MiB from there on */

    .text
    .global kernel_main
kernel_main:                            // stack: return address
    movabs rdi, DIRECT_MAP_START + 0xb8000 // the screen, made blank
    mov ecx, 80 * 25 / 4
    movabs rax, 0x0720072007200720
    rep stosq
    call map_screen
    movabs rdi, WINDOW + 0xb8000
    lea rsi, [rip + text]
    mov ah, 0x2f
next:
    lodsb
    test al, al
    jz stop
    stosw
    jmp next
stop:
    cli
    hlt
    jmp stop

    .section .rodata.text, "a"
text:
    .asciz "seen through three tables"
