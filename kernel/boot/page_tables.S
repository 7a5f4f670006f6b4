// The boot map, as data: no code has to run to make it.
//
//   boot_pml4                 boot_pdpt_low             boot_directories (2 MiB pages)
//   +-----+                   +-----+                   +--------------------+
//   |   0 | -- identity ----> |   0 | ----------------> | 0 ..   1 GiB       |
//   |     |                   |   1 | ----------------> | 1 ..   2 GiB       |
//   | 256 | -- direct map --> |   2 | ----------------> | 2 ..   3 GiB       |
//   |     |    (no execute)   |   3 | ----------------> | 3 ..   4 GiB       |
//   |     |                   +-----+                   +--------------------+
//   |     |                   boot_pdpt_high
//   |     |                   +-----+
//   | 511 | -- kernel ------> | 510 | --> boot_kernel_directory: the first GiB once more, its first
//   +-----+                   +-----+     4 MiB in pages of 4 KiB (boot_kernel_tables), so that single
//                                         pages can be taken out of it: guards below stacks
//
// Reference: Intel SDM vol. 3A "4-Level Paging and 5-Level Paging".
#include "boot/image_size.inc"
#include "memory/layout.inc"

#define PRESENT_WRITABLE 0x3
#define LARGE_PAGE       0x80
#define NO_EXECUTE       (1 << 63)

    .section .boot.tables, "a", @progbits
    .balign 4096
    .global boot_pml4, boot_pdpt_low, boot_pdpt_high, boot_kernel_directory // for move.S
boot_pml4:
    .quad boot_pdpt_low + PRESENT_WRITABLE              // entry 0: the identity map, for the switch itself
    .fill 255, 8, 0
    .quad boot_pdpt_low + PRESENT_WRITABLE + NO_EXECUTE // entry 256: the direct map
    .fill 254, 8, 0
    .quad boot_pdpt_high + PRESENT_WRITABLE             // entry 511: the kernel

boot_pdpt_low:
    .quad boot_directories + 0x0000 + PRESENT_WRITABLE
    .quad boot_directories + 0x1000 + PRESENT_WRITABLE
    .quad boot_directories + 0x2000 + PRESENT_WRITABLE
    .quad boot_directories + 0x3000 + PRESENT_WRITABLE
    .fill 508, 8, 0

boot_pdpt_high:
    .fill 510, 8, 0
    .quad boot_kernel_directory + PRESENT_WRITABLE      // entry 510: the lower of the top two GiB
    .quad 0

boot_kernel_directory:
    .set table_offset, 0
    .rept IMAGE_TABLES
    .quad boot_kernel_tables + table_offset + PRESENT_WRITABLE
    .set table_offset, table_offset + 0x1000
    .endr
    .set page, IMAGE_LIMIT
    .rept 512 - IMAGE_TABLES
    .quad page + PRESENT_WRITABLE + LARGE_PAGE
    .set page, page + 0x200000
    .endr

boot_kernel_tables:
    .global kernel_tables
    .set kernel_tables, boot_kernel_tables + KERNEL_START // where the kernel sees them
    .set page, 0
    .rept IMAGE_TABLES * 512
    .quad page + PRESENT_WRITABLE
    .set page, page + 0x1000
    .endr

boot_directories:
    .set page, 0
    .rept BOOT_MAP_SIZE / 0x200000
    .quad page + PRESENT_WRITABLE + LARGE_PAGE
    .set page, page + 0x200000
    .endr
