// The code of each kind: what raises the exception, between its two labels, and then the way back.
//
//   kind_NAME:      where raise jumps to; for most kinds the instruction stands here already
//   kind_NAME_at:   the instruction that raises the exception
//   kind_NAME_end:  behind it
//
// A table of all of them is made for kinds.cpp. The code fills whole pages, which user programs may be let into.
    .intel_syntax noprefix
#include "raise.inc"

    .section .text.fault_kinds, "ax", @progbits
    .balign 4096
    .global user_code_start, user_code_end
user_code_start:

    .section .rodata.fault_kinds, "a", @progbits
    .balign 8
    .global fault_kinds_start, fault_kinds_end
fault_kinds_start:

    .macro kind name, vector, nature
    .pushsection .rodata.fault_names, "a", @progbits
.Lname_\name:
    .asciz "\name"
    .popsection
    .pushsection .rodata.fault_kinds, "a", @progbits
    .quad .Lname_\name, kind_\name, kind_\name\()_at, kind_\name\()_end
    .quad \vector, \nature
    .popsection
    .section .text.fault_kinds, "ax", @progbits
    .balign 16
    .type kind_\name, @function
kind_\name:
    .endm

    .macro at name
kind_\name\()_at:
    .endm

    .macro back name
kind_\name\()_end:
    jmp raise_after
    .size kind_\name, . - kind_\name
    .endm

// A kind that is one instruction.
    .macro simple name, vector, nature, instruction:vararg
    kind \name, \vector, \nature
    at \name
    \instruction
    back \name
    .endm

    simple divide_error,         0, NATURE_FAULT,    div rcx               // RCX: 0
    simple debug_int1,           1, NATURE_TRAP,     int 1
    simple debug_single_step,    1, NATURE_TRAP,     nop                   // the trap flag is set
    simple debug_watchpoint,     1, NATURE_TRAP,     mov [rax], rdx        // DR0: RAX
    simple debug_breakpoint,     1, NATURE_FAULT,    nop                   // DR0: its address
    simple nmi_int2,             2, NATURE_TRAP,     int 2
    simple breakpoint,           3, NATURE_TRAP,     int3
    simple overflow,             4, NATURE_TRAP,     int 4
    simple bound,                5, NATURE_TRAP,     int 5
    simple invalid_opcode,       6, NATURE_FAULT,    ud2
    simple device_not_available, 7, NATURE_FAULT,   fld1                   // CR0.TS is set
    simple double_fault_int8,    8, NATURE_ABORT,    int 8
    simple invalid_tss,         10, NATURE_TRAP,     int 10
    simple invalid_tss_short,   10, NATURE_FAULT,    int 2                 // the task state has no stack for it
    simple not_present_gate,    11, NATURE_FAULT,    int 0x90              // its gate is not present
    simple stack_segment_int12, 12, NATURE_TRAP,     int 12
    simple stack_segment_real,  12, NATURE_FAULT,    mov rdx, [rsp + rcx * 8] // not canonical
    simple gp_non_canonical,    13, NATURE_FAULT,    mov rdx, [rax]
    simple gp_selector,         13, NATURE_FAULT,    mov ds, eax           // no such descriptor
    simple gp_msr,              13, NATURE_FAULT,    wrmsr                 // not a value for register RCX
    simple gp_behind_breakpoint, 13, NATURE_FAULT,   int3                  // both run at the lower half's last byte,
    simple gp_behind_step,      13, NATURE_FAULT,    nop                   // and lead behind it
    simple gp_sent_behind,      13, NATURE_FAULT,    int 0x90              // its own handler sends it there
    simple page_fault_read,     14, NATURE_FAULT,    mov rdx, [rax]
    simple page_fault_write,    14, NATURE_FAULT,    mov [rax], rdx
    simple page_fault_execute,  14, NATURE_FAULT,    jmp rax
    simple page_fault_null,     14, NATURE_FAULT,    mov rdx, [rax]
    simple page_fault_guard,    14, NATURE_FAULT,    mov [rax], rdx
    simple page_fault_no_execute, 14, NATURE_FAULT,  jmp rax
    simple page_fault_read_only, 14, NATURE_FAULT,   mov [rax], rdx
    simple page_fault_reserved, 14, NATURE_FAULT,    mov rdx, [rax]
    simple page_fault_int14,    14, NATURE_TRAP,     int 14
    simple page_fault_resolved, 14, NATURE_TRAP,     mov [rax], rdx        // once more when the page is mapped
    simple x87_error,           16, NATURE_FAULT,    fwait                 // an unmasked error is pending
    simple alignment_check_real, 17, NATURE_FAULT,   mov rdx, [rax]        // RAX: odd; AC and CR0.AM are set
    simple alignment_check_int17, 17, NATURE_TRAP,   int 17
    simple machine_check_int18, 18, NATURE_TRAP,     int 18
    simple simd_real,           19, NATURE_FAULT,    divps xmm0, xmm1      // by 0, which is not masked
    simple simd_int19,          19, NATURE_TRAP,     int 19
    simple virtualization_int20, 20, NATURE_TRAP,    int 20
    simple control_protection_int21, 21, NATURE_TRAP, int 21
    simple hypervisor_int28,    28, NATURE_TRAP,     int 28
    simple vmm_int29,           29, NATURE_TRAP,     int 29
    simple security_int30,      30, NATURE_TRAP,     int 30
    simple interrupt_32,        32, NATURE_TRAP,     int 32
    simple interrupt_128,      128, NATURE_TRAP,     int 128
    simple interrupt_255,      255, NATURE_TRAP,     int 255

// RAX: a selector; RDX: where its descriptor stands; RCX: the same descriptor, marked as not present. Only here is it
// taken away: raise itself loads SS.
    kind not_present_segment, 11, NATURE_FAULT
    mov [rdx], rcx
    at not_present_segment
    mov ds, eax
    back not_present_segment

    kind stack_segment_load, 12, NATURE_FAULT
    mov [rdx], rcx
    at stack_segment_load
    mov ss, eax
    back stack_segment_load

// The kernel has declared that it may fault: no handler is asked.
    kind declared_load, 14, NATURE_FAULT
    at declared_load
    mov rdx, [rax]
    .pushsection .fixups, "ao", @progbits, kind_declared_load_at
    .long kind_declared_load_at - .
    .long kind_declared_load_end - .
    .popsection
    back declared_load

// What comes from outside: a newline on the serial port completes the line that asks for it, and then nothing
// happens for as long as it takes.
    .macro injected name, vector
    kind \name, \vector, NATURE_INJECTED
    out dx, al                          // the newline
    at \name
    pause
    jmp kind_\name\()_at
    back \name
    .endm

    injected nmi_injected, 2
    injected machine_check_injected, 18
    injected machine_check_fatal, 18

    .section .rodata.fault_kinds, "a", @progbits
fault_kinds_end:

// ---- All 256 `int n` ------------------------------------------------------------------------------------------

    .altmacro
    .macro int_stub number
    .balign INT_STUB_SIZE
    .byte 0xcd, \number                 // int n, in two bytes for 3 as well
    jmp raise_after
    .endm

    .section .text.fault_kinds, "ax", @progbits
    .balign INT_STUB_SIZE
    .global int_stubs
    .type int_stubs, @function
int_stubs:
    .set number, 0
    .rept 256
    int_stub %number
    .set number, number + 1
    .endr
    .size int_stubs, . - int_stubs
    .balign 4096
user_code_end:
