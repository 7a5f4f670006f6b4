// Exercise 1.3: show the number that the boot loader left in EAX, as eight hexadecimal digits.
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

    .text
    .code32
    .global start
start:
    mov edi, 0xb8000                    // the screen, made blank
    mov ecx, 80 * 25 / 2
    mov eax, 0x07200720                 // <- what was in EAX is lost here
    cld
    rep stosd
                                        // <- your digits
stop:
    cli
    hlt
    jmp stop
