// Exercise 1.1: the program below is right. Its header has three mistakes, and GRUB does not start it.
    .intel_syntax noprefix

    .section .multiboot, "a"
    .balign 8
version:
    .long 1                             // ours: the kernel's version
header:
    .long 0xe85250d6
    .long 0
    .long header_end - header
    .long -(0xe85250d6 + (header_end - version))
    .long 8
    .short 0, 0
header_end:

    .text
    .code32
    .global start
start:
    mov edi, 0xb8000                    // the screen, made blank
    mov ecx, 80 * 25 / 2
    mov eax, 0x07200720
    cld
    rep stosd
    mov dword ptr [0xb8000], 0x2f4b2f4f // "OK", white on green
    mov eax, [version]
    add eax, 0x2f30                     // the digit '0' in the same colours, and the version
    mov [0xb8006], ax
stop:
    cli
    hlt
    jmp stop
