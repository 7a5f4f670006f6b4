// Moving the kernel (KASLR), between long mode and where the kernel is linked. A kernel that is linked to be moved comes
// here in place of high_long_mode.
//
//   move_kernel      at the linked addresses: C++ chooses the places, and fills two tables of the boot map
//   relocate         at physical addresses, where nothing moves: the slide is added to every place where the image names
//                    an address of its own (tools/pith/relocations.py lists them). Places are 32 bits wide, also in
//                    64-bit words: the upper halves of all addresses in the top 2 GiB are the same
//   then             the tables take the place of the old ones: nothing is left at the linked addresses
//   high_long_mode   where the kernel is now
//
// Reference: Intel SDM vol. 3A "Handling Self- and Cross-Modifying Code": writing CR3 serializes.
    .intel_syntax noprefix

#include "memory/layout.inc"

#define PRESENT_WRITABLE  0x3
#define PLACES_AT_ONCE    8

    .section .text.move_kernel, "ax", @progbits
    .global move_kernel, enter_upper_half
    .type move_kernel, @function
move_kernel:
enter_upper_half:                       // RDI: which loader, RSI: its information
    mov rsp, offset boot_stack_top
    mov edi, edi                        // the upper halves are undefined after the switch
    mov esi, esi
    push rdi
    push rsi                            // two words: RSP is a multiple of 16 still
    xor ebp, ebp
    call choose_move                    // RAX: the slide, RDX: the direct map's entry of the root
    pop rsi
    pop rdi
    mov ecx, offset relocate            // back to physical addresses
    jmp rcx
    .size move_kernel, . - move_kernel

    .section .boot.text, "ax", @progbits
relocate:                               // EAX: the slide, RDX: entry of the root, EDI, ESI: for kernel_main
    mov ebx, offset relocations_start - KERNEL_START
    mov ebp, offset relocations_end - KERNEL_START
    jmp 2f                              // the list is empty until the last link has put it in
1:  .set place, 0
    .rept PLACES_AT_ONCE                // the list is filled up to a multiple of it, with relocation_scratch
    mov ecx, [rbx + place]
    add [rcx], eax
    .set place, place + 4
    .endr
    add ebx, 4 * PLACES_AT_ONCE
2:  cmp ebx, ebp
    jb 1b
    shr eax, 30                         // which of the top two GiB
    mov qword ptr [boot_pdpt_high + 8 * 510], 0
    mov qword ptr [boot_pdpt_high + 8 * 510 + 8 * rax], offset moved_directory + PRESENT_WRITABLE
    mov qword ptr [boot_pml4 + 8 * 256], 0
    movabs rax, offset moved_direct_map + PRESENT_WRITABLE + (1 << 63)
    mov [boot_pml4 + 8 * rdx], rax      // no execute
    mov rax, cr3
    mov cr3, rax
    movabs rax, offset high_long_mode   // this, too, is a place that was changed
    jmp rax

    .section .boot.rodata
    .balign 4
    .global relocation_scratch
relocation_scratch:
    .long 0

    .section .boot.empty_tables, "a", @nobits
    .balign 4096
    .global moved_directory, moved_direct_map
moved_directory:
    .skip 4096
moved_direct_map:
    .skip 4096
