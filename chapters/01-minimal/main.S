// #region clear
// Chapter 1: the smallest honest kernel. It boots, prints OK, and stops.
    .intel_syntax noprefix

    .text
    .code32
    .global start
start:
    mov edi, 0xb8000                    // the screen: 80 x 25 characters
    mov ecx, 80 * 25 / 2
    mov eax, 0x07200720                 // two blanks, grey on black
    cld
    rep stosd
// #endregion clear
// #region stop
    mov dword ptr [0xb8000], 0x2f4b2f4f // "OK", white on green
stop:
    cli
    hlt
    jmp stop
// #endregion stop

// #region header
    .section .multiboot, "a"
    .balign 8
header:
    .long 0xe85250d6                    // "I am a Multiboot2 kernel"
    .long 0                             // for 32-bit x86
    .long header_end - header
    .long -(0xe85250d6 + (header_end - header)) // with this, the four add up to 0
    .short 0, 0                         // the end of a list of wishes: we have none
    .long 8
header_end:
// #endregion header
