// The hand-written floor: the least that an interrupt can cost whose handler is compiled code. Free of everything that
// a real kernel needs (vectors, frames, user mode, counts), so that it shows what those cost.
    .intel_syntax noprefix

    .text
// An interrupt that saves what functions may change, calls, ends the interrupt and returns.
    .global floor_interrupt_entry
    .type floor_interrupt_entry, @function
floor_interrupt_entry:                  // stack: rip, cs, rflags, rsp, ss
    endbr64
    push rax
    push rcx
    push rdx
    push rsi
    push rdi
    push r8
    push r9
    push r10
    push r11                            // RSP is a multiple of 16
    cld
    call floor_nothing
    mov rax, [floor_end_register]
    mov dword ptr [rax], 0              // the interrupt was served
    pop r11
    pop r10
    pop r9
    pop r8
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rax
    iretq
floor_nothing:
    ret

// What looks at the time as its first deed, in the place of a handler.
    .global floor_latency_entry
    .type floor_latency_entry, @function
floor_latency_entry:                    // stack: rip, cs, rflags, rsp, ss
    endbr64
    lfence                              // as cpu::read_time_stamp does it
    rdtsc
    mov dword ptr [arrived], eax
    mov rax, [floor_end_register]
    mov dword ptr [rax], 0
    iretq                               // whoever is interrupted keeps nothing in RAX and RDX
