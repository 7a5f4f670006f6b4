// raise: fills every register with what a Block says, jumps into a kind's code, and when that comes back, stores
// what every register holds then.
//
//   raise ---- iretq ----> kind_... ---- exception, handler, back ----> raise_after ----> raise's caller
//
// raise_after does not need the program's stack, so RSP may be anything. It stores RSP at a fixed place, and goes on
// with raise's own. Wherever an NMI strikes here, RSP is on a stack that is free below it, and a raise in its handler
// leaves the three variables as it found them.
//
// Reference: Intel SDM vol. 2 "IRET/IRETD/IRETQ", "FXSAVE", "FXRSTOR".
    .intel_syntax noprefix
#include "raise.inc"

    .section .bss.raise, "aw", @nobits
    .balign 8
    .global raise_block
raise_block:                            // the block in use: the innermost raise's
    .skip 8
raise_stack:                            // its stack pointer
    .skip 8
raise_program:                          // and the stack pointer that its program came back with
    .skip 8

    .section .text.raise, "ax", @progbits
    .global raise
    .type raise, @function
raise:                                  // RDI: the block; stack: return address
    pushfq                              // the caller's flags: interrupts on or off
    pop qword ptr [rdi + BLOCK_SAVED_FLAGS]
    cli                                 // the program's flags say whether they shall be on there
    mov [rdi + BLOCK_SAVED_RBX], rbx    // what a function has to preserve
    mov [rdi + BLOCK_SAVED_RBP], rbp
    mov [rdi + BLOCK_SAVED_R12], r12
    mov [rdi + BLOCK_SAVED_R13], r13
    mov [rdi + BLOCK_SAVED_R14], r14
    mov [rdi + BLOCK_SAVED_R15], r15
    cmp qword ptr [rdi + BLOCK_RSP], 0  // no stack pointer is asked for?
    jne 1f
    lea rax, [rsp - STACK_DISTANCE]     // then the program uses this stack
    mov [rdi + BLOCK_RSP], rax
1:  cmp qword ptr [rdi + BLOCK_CS], 0   // no ring is asked for?
    jne 3f
    mov word ptr [rdi + BLOCK_CS], cs   // then this one
    mov word ptr [rdi + BLOCK_SS], ss
3:  mov rax, [raise_block]              // there may be a raise around this one
    mov [rdi + BLOCK_SAVED_BLOCK], rax
    mov rax, [raise_stack]
    mov [rdi + BLOCK_SAVED_STACK], rax
    mov rax, [raise_program]
    mov [rdi + BLOCK_SAVED_PROGRAM], rax
    mov [raise_block], rdi
    mov [raise_stack], rsp
    fxsave64 [rdi + BLOCK_SAVED_FX]     // x87 and vector registers of the raise around this one
    fxrstor64 [rdi + BLOCK_BEFORE_FX]
    mov rax, [rdi + BLOCK_CR0]
    mov cr0, rax
    lea rsi, [rdi + 8 * BLOCK_LOADED_WORDS]
    mov ecx, BLOCK_LOADED_WORDS         // all that is loaded, from the last word down to the first
2:  push [rsi - 8]
    sub rsi, 8
    dec ecx
    jnz 2b
    pop rax                             // stack: rax, rbx, ..., rip, cs, rflags, rsp, ss
    pop rbx
    pop rcx
    pop rdx
    pop rsi
    pop rdi
    pop rbp
    pop r8
    pop r9
    pop r10
    pop r11
    pop r12
    pop r13
    pop r14
    pop r15                             // stack: rip, cs, rflags, rsp, ss
    iretq                               // all at once: the kind's code, the flags, the stack pointer
    .size raise, . - raise

    .global raise_after
    .type raise_after, @function
raise_after:                            // every register may hold anything, and is stored unchanged
    mov [raise_program], rsp            // these two change no flag
    mov rsp, [raise_stack]              // stack: return address
    pushfq
    push r15
    push r14
    push r13
    push r12
    push r11
    push r10
    push r9
    push r8
    push rbp
    push rdi
    push rsi
    push rdx
    push rcx
    push rbx
    push rax                            // stack: rax, rbx, ..., r15, flags, return address
    push 2                              // no flag set: no single steps, no interrupts, counting upwards
    popfq
    mov rdi, [raise_block]
    .set word, 0
    .rept BLOCK_AFTER_WORDS
    pop qword ptr [rdi + BLOCK_AFTER + word * 8]
    .set word, word + 1
    .endr                               // stack: return address
    mov rax, [raise_program]
    mov [rdi + BLOCK_AFTER_RSP], rax
    clts                                // or the next instruction could fault
    fxsave64 [rdi + BLOCK_AFTER_FX]
    fxrstor64 [rdi + BLOCK_SAVED_FX]
    mov rax, [rdi + BLOCK_SAVED_BLOCK]  // the raise around this one is the current one again
    mov [raise_block], rax
    mov rax, [rdi + BLOCK_SAVED_STACK]
    mov [raise_stack], rax
    mov rax, [rdi + BLOCK_SAVED_PROGRAM]
    mov [raise_program], rax
    mov rbx, [rdi + BLOCK_SAVED_RBX]
    mov rbp, [rdi + BLOCK_SAVED_RBP]
    mov r12, [rdi + BLOCK_SAVED_R12]
    mov r13, [rdi + BLOCK_SAVED_R13]
    mov r14, [rdi + BLOCK_SAVED_R14]
    mov r15, [rdi + BLOCK_SAVED_R15]
    push qword ptr [rdi + BLOCK_SAVED_FLAGS]
    popfq
    ret
    .size raise_after, . - raise_after

    .global load_segments, stored_segments
    .type load_segments, @function
load_segments:                          // DI: the selector
    mov ds, edi
    mov es, edi
    mov fs, edi
    ret
    .size load_segments, . - load_segments

    .type stored_segments, @function
stored_segments:                        // stack: return address
    sub rsp, 8
    mov word ptr [rsp], ds
    mov word ptr [rsp + 2], es
    mov word ptr [rsp + 4], fs
    mov word ptr [rsp + 6], gs
    pop rax
    ret
    .size stored_segments, . - stored_segments

// What a function may leave in these registers: anything.
    .global overwrite_caller_saved
    .type overwrite_caller_saved, @function
overwrite_caller_saved:                 // stack: return address
    mov rax, -1
    mov rcx, -2
    mov rdx, -3
    mov rsi, -4
    mov rdi, -5
    mov r8, -6
    mov r9, -7
    mov r10, -8
    mov r11, -9
    ret
    .size overwrite_caller_saved, . - overwrite_caller_saved

    .global raise_breakpoint, raise_double_fault
    .type raise_breakpoint, @function
raise_breakpoint:                       // stack: return address
    int3
    ret
    .size raise_breakpoint, . - raise_breakpoint

    .type raise_double_fault, @function
raise_double_fault:
    int 8                               // does not come back
    ud2
    .size raise_double_fault, . - raise_double_fault
