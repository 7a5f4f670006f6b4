// Exercise 1.1, solved.
    .intel_syntax noprefix

    .section .multiboot, "a"
    .balign 8
header:                                 // 1: at a multiple of 8. What is ours may stand behind it.
    .long 0xe85250d6
    .long 0
    .long header_end - header
    .long -(0xe85250d6 + (header_end - header)) // 2: of the same length as the line above
    .short 0, 0                         // 3: a tag is its type, its flags, and then its size
    .long 8
header_end:
version:
    .long 1                             // ours: the kernel's version

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
