// Exercise 2.2: at 0xffffc12345600000 shall be seen what lies at physical address 0: a page of 2 MiB.
    .intel_syntax noprefix
#include "memory/layout.inc"

    .section .data.tables, "aw"
    .balign 4096
level_3:
    .fill 512, 8, 0                     // <- one of these leads to level_2. Which one?
level_2:
    .fill 512, 8, 0                     // <- and one of these is the page

    .text
    .global map_screen
map_screen:                             // stack: return address
                                        // <- one entry of boot_pml4 shall lead to level_3
    ret
