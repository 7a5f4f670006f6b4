// From the boot loader's hands to 64-bit C++.
//
// Both loaders leave the processor in 32-bit protected mode, without paging, interrupts off. Here it is
// checked that everything is there that the kernel needs; what is missing is named on screen and serial.
// Then long mode is switched on, in the only order that works:
//
//   CR4.PAE  ->  CR3 = page tables  ->  EFER.LME and EFER.NXE  ->  CR0.PG and CR0.WP  ->  a 64-bit code segment
//
// EFER.NXE must come before paging: the boot map's entries have their no-execute bits set, and without NXE
// that is a reserved bit.
//
// Reference: Multiboot2 Specification, "I386 machine state"; Xen, "x86/HVM direct boot ABI" (PVH);
//            Intel SDM vol. 3A "Initializing IA-32e Mode".

// #region ways-in
    .intel_syntax noprefix

#include "memory/layout.inc"
#include "boot/entry.inc"

    .section .boot.text, "ax", @progbits
    .code32

// ---- The two ways in ------------------------------------------------------------------------------------

    .global multiboot2_entry            // EAX: magic, EBX: the boot information
    .type multiboot2_entry, @function
multiboot2_entry:
    mov edi, LOADER_MULTIBOOT2
    cmp eax, MULTIBOOT2_BOOT_MAGIC
    je enter
    jmp not_started_by_a_loader

    .global pvh_entry                   // EBX: the start information, which begins with its magic
    .type pvh_entry, @function
pvh_entry:
    mov edi, LOADER_PVH
    cmp dword ptr [ebx], PVH_START_MAGIC
    je enter
    jmp not_started_by_a_loader

enter:                                  // EDI: which loader, EBX: its information
    cld
    mov esi, ebx                        // cpuid overwrites EBX
    jmp check_room
room_found:
    mov esp, offset boot_stack_top - KERNEL_START
    push 0                              // no flag of the loader's stays: a set NT would make IRET fault
    popfd
    call check_cpuid
    call check_long_mode
    call check_no_execute
    call check_baseline
    jmp enable_long_mode
// #endregion ways-in

// #region room
// ---- Is all of the image still there? ---------------------------------------------------------------------

// QEMU's -kernel puts the image into memory before firmware runs, and firmware takes the end of memory for itself (SeaBIOS:
// 452 KiB). So the usable memory that the image begins in has to go on for ROOM_BEHIND_IMAGE after it, by the PVH memory map.
// Of a map that cannot be read C++ will say what is wrong (boot/pvh.hpp); one that does not know the image has nothing to say.
check_room:                             // EDI: which loader, ESI: its information. No stack: it is part of the image
    cmp edi, LOADER_PVH                 // GRUB comes after firmware, and asks it where there is room
    jne room_found
    cmp dword ptr [esi + 4], 1          // version: 0 has no memory map
    jb room_found
    cmp dword ptr [esi + 44], 0         // its address, upper half
    jne room_found
    cmp dword ptr [esi + 48], MAX_MEMORY_AREAS  // a wrong number would take minutes
    ja room_found
    mov edx, KERNEL_PHYSICAL            // EDX: up to here it is usable
1:  mov ebp, edx                        // EBP: what was known before this round
    mov ebx, [esi + 40]                 // EBX: an entry; +0 start, +8 size, +16 kind
    mov ecx, [esi + 48]                 // ECX: how many are left
2:  sub ecx, 1
    jb 4f
    cmp dword ptr [ebx + 16], 1         // usable
    jne 3f
    cmp dword ptr [ebx + 4], 0          // start, upper half
    jne 3f
    mov eax, [ebx]
    cmp eax, edx                        // it begins behind a gap
    ja 3f
    cmp dword ptr [ebx + 12], 0         // size, upper half
    jne room_found
    add eax, [ebx + 8]                  // EAX: where it ends
    jc room_found
    cmp eax, edx
    jbe 3f
    mov edx, eax
3:  add ebx, 24
    jmp 2b
4:  cmp edx, offset relocations_end - KERNEL_START + ROOM_BEHIND_IMAGE
    jae room_found
    cmp edx, ebp                        // areas may touch, and come in any order: once more
    jne 1b
    cmp edx, KERNEL_PHYSICAL
    je room_found
    jmp no_room
// #endregion room

// #region checks
// ---- What the kernel cannot do without -------------------------------------------------------------------

check_cpuid:                            // stack: return address
    pushfd
    pop eax
    mov ecx, eax                        // ECX: flags as they are
    xor eax, 1 << 21                    // flip the ID flag: it stays flipped only where there is CPUID
    push eax
    popfd
    pushfd
    pop eax                             // EAX: flags as they could be set
    push ecx
    popfd
    .global check_cpuid_compare         // a test stops here and takes the flipped bit away
check_cpuid_compare:
    xor eax, ecx
    test eax, 1 << 21
    jz no_cpuid
    ret

check_long_mode:                        // stack: return address
    mov eax, 0x80000000                 // which extended leaves are there?
    cpuid
    cmp eax, 0x80000001
    jb no_long_mode
    mov eax, 0x80000001
    cpuid
    test edx, 1 << 29                   // LM
    jz no_long_mode
    ret

check_no_execute:                       // stack: return address; leaf 0x80000001 is there by now
    mov eax, 0x80000001
    cpuid
    test edx, 1 << 20                   // NX
    jz no_no_execute
    ret

check_baseline:                         // stack: return address. What each 64-bit processor has, and a virtual one may hide
    mov eax, 1
    cpuid
    not edx
    test edx, (1 << 5) | (1 << 6) | (1 << 15) | (1 << 19) | (1 << 26)   // MSR, PAE, CMOV, CLFLUSH, SSE2 (LFENCE)
    jnz no_baseline
    ret
// #endregion checks

// #region switch
// ---- Long mode -------------------------------------------------------------------------------------------

enable_long_mode:                       // control registers get whole values: loaders leave different ones
    mov eax, 1 << 5                     // PAE
    mov cr4, eax
    mov eax, offset boot_pml4
    mov cr3, eax
    mov ecx, 0xc0000080                 // EFER
    rdmsr
    or eax, (1 << 8) | (1 << 11)        // LME, NXE
    wrmsr
    mov eax, CR0_AT_START
    mov cr0, eax
    lgdt [boot_gdt_pointer]
    push BOOT_CODE_SELECTOR             // a far return loads CS: 64-bit code from here on
    mov eax, offset low_long_mode
    push eax
    retf

    .code64
low_long_mode:                          // 64-bit code, but still at its physical address
    mov eax, BOOT_DATA_SELECTOR
    mov ds, eax
    mov es, eax
    mov ss, eax
    mov fs, eax
    mov gs, eax
    movabs rax, offset enter_upper_half
    jmp rax
// #endregion switch

// #region high
    .section .text.high_long_mode, "ax", @progbits
    .weak enter_upper_half              // a kernel that is moved has another: boot/move.S
enter_upper_half:
    .global high_long_mode
    .type high_long_mode, @function
high_long_mode:                         // where the kernel is linked
    lgdt [boot_gdt_pointer_high]        // the identity map goes: nothing is at address 0 from here on
    mov qword ptr [boot_pml4 + KERNEL_START], 0
    mov rax, cr3
    mov cr3, rax
    mov rsp, offset boot_stack_top      // 16-byte aligned, nothing on it
    mov edi, edi                        // start.loader: the upper halves are undefined after the switch
    mov esi, esi                        // start.information
    xor ebp, ebp                        // a backtrace ends here
    call kernel_main
forever:                                // kernel_main does not return; should it, stop
    cli
    hlt
    jmp forever
    .size high_long_mode, . - high_long_mode
// #endregion high

// #region missing
// ---- What is missing: ERR: n on the screen, a sentence on serial -----------------------------------------

    .section .boot.text
    .code32
not_started_by_a_loader:
    mov esp, offset boot_stack_top - KERNEL_START
    mov esi, offset not_started_by_a_loader_text
    mov al, '0'
    jmp report_and_stop
no_cpuid:
    mov esi, offset no_cpuid_text
    mov al, '1'
    jmp report_and_stop
no_long_mode:
    mov esi, offset no_long_mode_text
    mov al, '2'
    jmp report_and_stop
no_no_execute:
    mov esi, offset no_no_execute_text
    mov al, '3'
    jmp report_and_stop
no_room:
    mov esp, offset boot_pml4 + 4096    // near the image's start; what is there is needed no more
    mov esi, offset no_room_text
    mov al, '4'
    jmp report_and_stop
no_baseline:
    mov esi, offset no_baseline_text
    mov al, '5'

report_and_stop:                        // AL: the digit, ESI: the sentence
    cld
    mov ebx, eax
    mov edi, 0xb8000                    // the screen's first line, made blank
    mov ecx, 80 / 2
    mov eax, 0x07200720
    rep stosd
    mov eax, ebx
    mov dword ptr [0xb8000], 0x4f524f45 // "ER", white on red
    mov dword ptr [0xb8004], 0x4f3a4f52 // "R:"
    mov word ptr [0xb8008], 0x4f20      // " "
    mov ah, 0x4f
    mov [0xb800a], ax                   // the digit
    call serial_prepare
    call serial_write
stop:
    cli
    hlt
    jmp stop
// #endregion missing

// #region serial
serial_prepare:                         // stack: return address. 115200 baud, 8 data bits, 1 stop bit
    mov ebx, offset serial_settings
1:  movzx edx, word ptr [ebx]           // a port, or 0 at the end
    test edx, edx
    jz 2f
    mov al, [ebx + 2]
    out dx, al
    add ebx, 3
    jmp 1b
2:  ret

serial_write:                           // stack: return address. ESI: text that ends with a zero
    lodsb
    test al, al
    jz 3f
    mov ah, al
    mov edx, SERIAL_PORT + 5            // line status
    mov ecx, 100000                     // do not wait for ever where there is no port
1:  in al, dx
    test al, 1 << 5                     // room for one more?
    jnz 2f
    loop 1b
2:  mov al, ah
    mov edx, SERIAL_PORT
    out dx, al
    jmp serial_write
3:  ret
// #endregion serial

// #region texts
    .section .boot.rodata, "a", @progbits
serial_settings:
    .macro setting port, value
    .word SERIAL_PORT + \port
    .byte \value
    .endm
    setting 1, 0x00                     // no interrupts
    setting 3, 0x80                     // the next two are the divisor of 115200
    setting 0, 0x01
    setting 1, 0x00
    setting 3, 0x03                     // 8 bits, no parity, 1 stop bit
    setting 2, 0x07                     // queues on and empty
    setting 4, 0x03                     // terminal ready, request to send
    .word 0
not_started_by_a_loader_text:
    .asciz "\r\nERR: 0: Pith was not started by a Multiboot2 or PVH loader. Boot its ISO, or use qemu -kernel.\r\n"
no_cpuid_text:
    .asciz "\r\nERR: 1: this processor has no CPUID instruction. Pith needs a 64-bit x86 processor.\r\n"
no_long_mode_text:
    .asciz "\r\nERR: 2: this processor has no long mode. Pith needs a 64-bit x86 processor.\r\n"
no_no_execute_text:
    .asciz "\r\nERR: 3: this processor cannot forbid execution (NX). Switch it on in the firmware's setup.\r\n"
no_room_text:
    .asciz "\r\nERR: 4: too little memory: firmware may have written over the kernel. Give the machine more.\r\n"
no_baseline_text:
    .asciz "\r\nERR: 5: this processor lacks what each 64-bit one has: MSRs, PAE, CMOV, CLFLUSH or SSE2. Give the virtual machine all of them.\r\n"
// #endregion texts

// #region segments
// ---- Segments ----------------------------------------------------------------------------------------------

    .balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff            // BOOT_CODE_SELECTOR: 64-bit code, marked as accessed already
    .quad 0x00cf93000000ffff            // BOOT_DATA_SELECTOR: data, likewise
boot_gdt_pointer:
    .word boot_gdt_pointer - boot_gdt - 1
    .quad boot_gdt

    .section .rodata.boot_gdt_pointer_high, "a", @progbits
boot_gdt_pointer_high:                  // the same table, where the kernel sees it
    .word boot_gdt_pointer - boot_gdt - 1
    .quad boot_gdt + KERNEL_START
// #endregion segments

// #region stack
// ---- The first stack ---------------------------------------------------------------------------------------

    .section .bss.boot_stack, "aw", @nobits
    .balign 4096
    .skip 4096                          // the guard page: exceptions/ takes it out of the map
    .global boot_stack_bottom, boot_stack_top
boot_stack_bottom:
    .skip BOOT_STACK_SIZE
boot_stack_top:
// #endregion stack
