// Exercise 1.2: show the text that ends with a zero byte, from the screen's first character on.
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
                                        // <- your loop: each character of the text with a colour behind it
stop:
    cli
    hlt
    jmp stop
