// Into 64-bit mode in as few lines as it takes, and without a question: where the processor has no such mode, it resets.
    .intel_syntax noprefix

    .section .multiboot, "a"            // chapter 1's header
    .balign 8
header:
    .long 0xe85250d6
    .long 0
    .long header_end - header
    .long -(0xe85250d6 + (header_end - header))
    .short 0, 0
    .long 8
header_end:

// #region tables
    .section .tables, "aw"
    .balign 4096
level_4:
    .quad level_3 + 3                   // 3: something is there (1), and it may be written to (2)
    .fill 511, 8, 0
level_3:
    .quad level_2 + 3
    .fill 511, 8, 0
level_2:
    .quad 0 + 0x80 + 3                  // 0x80: a page of 2 MiB, from address 0 on. No more tables.
    .fill 511, 8, 0

segments:
    .quad 0
    .quad 0x00af9b000000ffff            // 8: 64-bit code
segments_end:
segments_pointer:
    .short segments_end - segments - 1
    .long segments
// #endregion tables

// #region switch
    .text
    .code32
    .global start
start:
    mov eax, 1 << 5                     // CR4.PAE: table entries of 8 bytes
    mov cr4, eax
    mov eax, offset level_4
    mov cr3, eax
    mov ecx, 0xc0000080                 // EFER, a register that has a number and no name
    rdmsr
    or eax, 1 << 8                      // EFER.LME: long mode, as soon as paging is on
    wrmsr
    mov eax, cr0
    or eax, 1 << 31                     // CR0.PG: paging on. From here on it is long mode.
    mov cr0, eax
    lgdt [segments_pointer]
    ljmp 8, offset in_long_mode         // segment 8: from here on it is 64-bit code
// #endregion switch

// #region long
    .code64
in_long_mode:
    movabs rax, 0x2f202f202f4b2f4f      // "OK" and two blanks: eight bytes at once need 64 bits
    mov [0xb8000], rax
stop:
    cli
    hlt
    jmp stop
// #endregion long
