// What GRUB does with a file whose header is wrong by one number: the four do not add up to 0.
    .intel_syntax noprefix

// #region header
    .section .multiboot, "a"
    .balign 8
header:
    .long 0xe85250d6
    .long 0
    .long header_end - header
    .long 1                             // anything but what makes the sum 0
    .short 0, 0
    .long 8
header_end:
// #endregion header

    .text
    .code32
    .global start
start:                                  // never reached
    hlt
    jmp start
