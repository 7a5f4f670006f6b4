// Exercise 1.3, solved.
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
    mov edx, eax                        // there is no stack to push it to
    mov edi, 0xb8000                    // the screen, made blank
    mov ecx, 80 * 25 / 2
    mov eax, 0x07200720
    cld
    rep stosd
    mov edi, 0xb8000
    mov ecx, 8                          // eight digits, the highest first
next:
    rol edx, 4                          // the highest four bits become the lowest
    mov eax, edx
    and eax, 0xf
    add al, '0'
    cmp al, '9'
    jbe show
    add al, 'a' - '9' - 1               // behind 9 comes not a, but 39 other characters
show:
    mov ah, 0x2f                        // white on green
    stosw
    loop next
stop:
    cli
    hlt
    jmp stop
