// The probe: the least that a kernel can do. It switches to long mode, writes one byte to the serial port, and halts.
//
// What it needs is what the machine needs: no check, no copy, no map beyond the 2 MiB it lies in. `./pith bench boot`
// measures Pith beside it.
//
// Reference: Xen, "x86/HVM direct boot ABI" (PVH); Intel SDM vol. 3A "Initializing IA-32e Mode".
    .intel_syntax noprefix

    .section .note.pvh, "a", @note
    .balign 4
    .long 4                             // size of the name
    .long 4                             // size of the entry point
    .long 18                            // XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long probe_entry

    .text
    .code32
    .global probe_entry
probe_entry:
    mov eax, 1 << 5                     // PAE
    mov cr4, eax
    mov eax, offset level_4
    mov cr3, eax
    mov ecx, 0xc0000080                 // EFER
    rdmsr
    or eax, 1 << 8                      // LME
    wrmsr
    mov eax, (1 << 31) | 1              // PG, PE
    mov cr0, eax
    lgdt [gdt_pointer]
    .att_syntax
    ljmp $8, $in_long_mode              // loads CS: 64-bit code from here on
    .intel_syntax noprefix

    .code64
in_long_mode:
    mov edx, 0x3f8                      // the first serial port
    mov al, 'P'
    out dx, al
halted:
    cli
    hlt
    jmp halted

    .data
    .balign 4096
level_4:
    .quad level_3 + 3                   // present, writable
    .fill 511, 8, 0
level_3:
    .quad level_2 + 3
    .fill 511, 8, 0
level_2:
    .quad (1 << 7) | 3                  // the first 2 MiB, as one page
    .fill 511, 8, 0

gdt:
    .quad 0
    .quad 0x00209a0000000000            // 64-bit code, present
gdt_pointer:
    .short gdt_pointer - gdt - 1
    .long gdt
