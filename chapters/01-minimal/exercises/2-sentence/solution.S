// Exercise 1.2, solved.
    .intel_syntax noprefix

    .section .multiboot, "a"
    .balign 8
header:
    .long 0xe85250d6
    .long 0
    .long header_end - header
    .long -(0xe85250d6 + (header_end - header))
    .short 0, 0
    .long 8
header_end:

    .section .rodata, "a"
text:
    .asciz "Nothing runs here but this."

    .text
    .code32
    .global start
start:
    mov edi, 0xb8000                    // the screen, made blank
    mov ecx, 80 * 25 / 2
    mov eax, 0x07200720
    cld
    rep stosd
    mov esi, offset text
    mov edi, 0xb8000
    mov ah, 0x2f                        // white on green, for all of them
next:
    lodsb                               // AL: the byte at ESI, which then is one higher
    test al, al
    jz stop
    stosw                               // AL and AH to EDI, which then is two higher
    jmp next
stop:
    cli
    hlt
    jmp stop
