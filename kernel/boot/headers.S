// What boot loaders look for in the image: a Multiboot2 header (GRUB) and a PVH note (QEMU, Xen, Firecracker).
//
// Reference: Multiboot2 Specification, "OS image format"; Xen, "x86/HVM direct boot ABI".
    .intel_syntax noprefix

// #region multiboot2
    .section .boot.multiboot2, "a", @progbits
    .balign 8
    .global multiboot2_header           // the linker script asks for it, and so for this file
multiboot2_header:
    .long 0xe85250d6                    // magic
    .long 0                             // architecture: i386, 32-bit protected mode
    .long multiboot2_header_end - multiboot2_header
    .long -(0xe85250d6 + 0 + (multiboot2_header_end - multiboot2_header)) // all four add up to 0

    .balign 8                           // console: we can use a text screen, and do without any
    .short 4, 1
    .long 12
    .long 1 << 1

    // #region framebuffer
    .balign 8                           // framebuffer: 1024 x 768, 32 bits a pixel, if there is one
    .short 5, 1
    .long 20
    .long 1024, 768, 32
    // #endregion framebuffer

    .balign 8                           // modules at page boundaries
    .short 6, 1
    .long 8

    .balign 8                           // the end
    .short 0, 0
    .long 8
multiboot2_header_end:
// #endregion multiboot2

// #region pvh
    .section .note.pvh, "a", @note
    .balign 4
    .long 4                             // size of the name
    .long 4                             // size of the entry point
    .long 18                            // XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long pvh_entry
// #endregion pvh
