// Where the processor enters for each of the 256 vectors.
//
// A stub makes all vectors look alike: it pushes a 0 where the processor pushed no error code, then the vector's
// number. The common part pushes the general registers, which completes an ExceptionFrame (frame.hpp), and calls
// the vector's handler from the table. Vectors that may strike on any stack take a detour first.
//
// Reference: Intel SDM vol. 3A "64-Bit Mode Stack Frame", "Interrupt Stack Table"; System V ABI for AMD64.
    .intel_syntax noprefix
#include "exceptions/stubs.inc"

    .section .text.exception_stubs, "ax", @progbits

// ---- One stub a vector -----------------------------------------------------------------------------------

// #region one-a-vector
    .altmacro
    .macro stub number
    .balign STUB_SIZE
    endbr64                             // the processor may be told to enter nowhere else
    .if \number == VECTOR_PAGE_FAULT
        jmp page_fault_entry
    .elseif \number == VECTOR_DOUBLE_FAULT
        push \number
        jmp double_fault_entry
    .elseif \number == 10 || \number == 11 || \number == 12 || \number == 13 || \number == 17 || \number == 21 || \number == 29 || \number == 30
        push \number                    // stack: vector, error code, rip, ...
        jmp entry_with_error_code
    .elseif \number == VECTOR_DEBUG || \number == VECTOR_NMI || \number == VECTOR_MACHINE_CHECK
        push 0
        push \number
        jmp entry_from_anywhere
    .else
        push 0                          // in the error code's place
        push \number
        jmp exception_entry
    .endif
    .endm

    .balign STUB_SIZE
    .global exception_stubs
    .type exception_stubs, @function
exception_stubs:
    .set number, 0
    .rept 256
    stub %number
    .set number, number + 1
    .endr
    .size exception_stubs, . - exception_stubs
// #endregion one-a-vector

// ---- The common part -------------------------------------------------------------------------------------

// #region registers
    .macro save_registers
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
    .endm

    .macro restore_registers
    pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rbp
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
    .endm
// #endregion registers

// #region call
// The compiler compares types before a call through a pointer (call_check.hpp). Here nothing is compared: a kernel whose
// pages have rights seals the table when it has started (base/sealed.hpp), and nobody can write over it.
    .macro call_handler                 // stack: an ExceptionFrame; RSI: the error code, if the vector has one
    mov eax, [rsp + FRAME_VECTOR]
    mov rdi, rsp                        // the frame
    call [exception_handlers + rax * 8]
    .endm
// #endregion call

// #region common
// `int n` in software pushes no error code, whatever the vector. The processor aligned RSP to 16 before it
// pushed: with an error code and the vector there are 7 words below that, without one there are 6.
    .type entry_with_error_code, @function
entry_with_error_code:                  // stack: vector, error code if RSP is odd in words, rip, ...
    test esp, 8
    jnz 1f
    push [rsp]                          // the vector once more ...
    mov qword ptr [rsp + 8], 0          // ... and a 0 where the error code belongs
1:  save_registers                      // stack: an ExceptionFrame
    mov rsi, [rsp + FRAME_ERROR]
    jmp registers_saved

    .global exception_entry, exception_call_return
    .type exception_entry, @function
exception_entry:                        // stack: vector, 0, rip, cs, rflags, rsp, ss
    save_registers                      // stack: an ExceptionFrame; RSP is a multiple of 16
registers_saved:
    cld                                 // compiled code counts upwards
    test byte ptr [rsp + FRAME_CS], 3
    jnz entry_from_user
    call_handler
exception_call_return:
    test al, al                         // Resolution::resumed is 0
    jnz not_resumed
return_from_exception:                  // stack: an ExceptionFrame
    restore_registers
    add rsp, 16                         // vector and error code
    iretq

not_resumed:                            // stack: an ExceptionFrame
    mov rdi, rsp
    call exception_unhandled            // returns if the program can go on after all
    jmp return_from_exception
    .size exception_entry, . - exception_entry
// #endregion common

// AC belongs to the program. In ring 0 it would let the kernel reach for programs' pages as if SMAP were off.
    .macro clear_alignment_check        // keeps all other flags
    pushfq
    and dword ptr [rsp], ~RFLAGS_AC
    popfq
    .endm

    .type entry_from_user, @function
entry_from_user:                        // stack: an ExceptionFrame of a user program
    swapgs                              // GS is the kernel's again
    clear_alignment_check
exception_of_user:
    mov rsi, [rsp + FRAME_ERROR]
    call_handler
    test al, al
    jz return_to_user
    mov rdi, rsp
    call exception_unhandled
// #region to-user
return_to_user:                         // stack: an ExceptionFrame of a user program; GS is the kernel's
    mov rax, [rsp + FRAME_RIP]
    mov rcx, rax
    shl rcx, 16                         // bits 63 to 48 become what bit 47 is ...
    sar rcx, 16
    cmp rcx, rax                        // ... and are that already, if the address is canonical
    jne 1f
    swapgs
    jmp return_from_exception
// The IRETQ would fault, in ring 0 and with the program's GS. To go on there is a general protection fault of the
// program's own, so it gets that; its handler may change RIP.
1:  mov qword ptr [rsp + FRAME_VECTOR], VECTOR_GENERAL_PROTECTION
    mov qword ptr [rsp + FRAME_ERROR], 0
    jmp exception_of_user
    .size entry_from_user, . - entry_from_user
// #endregion to-user

// ---- The common part of vectors that may strike anywhere --------------------------------------------------

// Ring 0 need not mean that GS is the kernel's: the exception may have struck between an entry from a user program
// and its SWAPGS, or behind the one on the way out. So the base itself is looked at. One that is equal needs no
// swap, whoever set it.
    .macro compare_gs_base              // ZF: GS is the kernel's. Overwrites RAX, RCX, RDX
    mov ecx, IA32_GS_BASE
    rdmsr                               // EDX:EAX, and zeros above
    shl rdx, 32
    or rax, rdx
    cmp rax, offset kernel_task_state   // what exceptions::start puts there
    .endm

// An entry that was interrupted on its small stack goes on here: so nothing counts but RSP. What has to be kept over
// the handler stands in registers that functions preserve; the program's own are in the frame.
    .global exception_left_entry_stack
    .type exception_left_entry_stack, @function
exception_left_entry_stack:             // stack: an ExceptionFrame
    clear_alignment_check
    mov rbx, cr2                        // of a page fault, perhaps, whose handler has not read it yet
    xor r12d, r12d                      // whether GS is swapped
    compare_gs_base
    je 1f
    inc r12d
    swapgs
1:  call_handler                        // none of these vectors has an error code
    test al, al
    jz 2f
    mov rdi, rsp
    call exception_unhandled
2:  mov rax, cr2
    cmp rax, rbx
    je 3f
    mov cr2, rbx                        // this serializes, so it is done only if the handler had page faults
3:  test byte ptr [rsp + FRAME_CS], 3
    jnz return_to_user                  // if GS was not swapped, both bases are the same
    test r12d, r12d
    jz return_from_exception
    swapgs
    jmp return_from_exception
    .size exception_left_entry_stack, . - exception_left_entry_stack

// ---- Double faults: on a stack of their own, and no way back ---------------------------------------------

// #region double-fault
    .type double_fault_entry, @function
double_fault_entry:                     // stack: vector, error code if RSP is odd in words, rip, ...
    test esp, 8
    jnz 3f
    push [rsp]
    mov qword ptr [rsp + 8], 0
3:  save_registers
    cld
double_fault_saved:                     // stack: an ExceptionFrame
    clear_alignment_check
    compare_gs_base
    je 4f
    swapgs
4:  mov rdi, rsp
    call exception_double_fault         // does not trust the table of handlers; does not return
    ud2
    .size double_fault_entry, . - double_fault_entry
// #endregion double-fault

    .global exception_entries_end       // every call above has an ExceptionFrame on top of the stack
exception_entries_end:

// ---- Page faults: first somebody who can map the page ----------------------------------------------------

// #region page-fault
// Faults that only mean "map this page now" are the ones that must be fast. Whoever resolves them needs no frame,
// and saves the registers that it uses itself (PageFaultResolver in handlers.hpp).
    .type page_fault_entry, @function
page_fault_entry:                       // stack: error code, rip, cs, ...
    push rax
    push rdi                            // stack: a PageFault; RSP is a multiple of 16
    cld
    test byte ptr [rsp + 32], 3         // CS. After `int 14`, without an error code, these are flags: never 0
    jnz 1f
    mov rdi, rsp
    call [page_fault_resolver]
    .global page_fault_call_return
page_fault_call_return:
    test al, al
    jnz 1f
    pop rdi
    pop rax
    add rsp, 8                          // error code
    iretq
1:  pop rdi                             // a user's, or nobody's: an exception like the others
    pop rax
    push VECTOR_PAGE_FAULT
    jmp entry_with_error_code
    .size page_fault_entry, . - page_fault_entry
// #endregion page-fault

// ---- Vectors that may strike on any stack ----------------------------------------------------------------

// #region anywhere
// NMI, machine check and debug exceptions arrive on small stacks of their own (IST), because the interrupted RSP
// may be anything. Should another of the kind arrive while the first is handled, the processor would start at the
// same place and overwrite the first one's frame. So the frame is moved to another stack at once
// (entry_stacks.cpp says where to).
    .type entry_from_anywhere, @function
entry_from_anywhere:                    // stack: vector, error code, rip, cs, rflags, rsp, ss
    save_registers                      // stack: an ExceptionFrame; RSP is a multiple of 16
    cld
    mov rdi, rsp
    call exception_leave_entry_stack    // RAX: where the frame is now; RDX: its return on a shadow stack, or 0
    test rdx, rdx
    jz 1f
    rstorssp [rdx - 8]                  // SSP: a token that was put there for this
    mov edx, 1
    incsspq rdx                         // and now the return
1:  mov rsp, rax                        // stack: an ExceptionFrame, on another stack
    cmp dword ptr [rsp + FRAME_VECTOR], VECTOR_DOUBLE_FAULT
    je double_fault_saved               // that other stack is full
    jmp exception_left_entry_stack
    .size entry_from_anywhere, . - entry_from_anywhere
// #endregion anywhere

// ---- The stacks, a guard page below each -----------------------------------------------------------------

// #region stacks
    .macro stack name, size
    .skip GUARD_SIZE
    .global \name\()_bottom, \name\()_top
\name\()_bottom:
    .skip \size
\name\()_top:
    .endm

    .section .bss.exception_stacks, "aw", @nobits
    .balign 4096
    .global exception_stacks_start, exception_stacks_end
exception_stacks_start:
    stack double_fault_stack, DOUBLE_FAULT_STACK_SIZE
    stack critical_stack, CRITICAL_STACK_SIZE
    stack nmi_entry_stack, ENTRY_STACK_SIZE
    stack machine_check_entry_stack, ENTRY_STACK_SIZE
    stack debug_entry_stack, ENTRY_STACK_SIZE
exception_stacks_end:
// #endregion stacks
