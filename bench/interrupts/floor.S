// The hand-written floor: the least that an interrupt can cost whose handler is compiled code. Free of everything that
// a real kernel needs (vectors, frames, user mode, counts), so that it shows what those cost.
    .intel_syntax noprefix

// What functions may change. With it RSP is a multiple of 16 in an entry without an error code.
.macro save_changed
    push rax
    push rcx
    push rdx
    push rsi
    push rdi
    push r8
    push r9
    push r10
    push r11
    cld
.endm

// The interrupt was served; the interrupted program goes on.
.macro end_and_return
    mov rax, [floor_end_register]
    mov dword ptr [rax], 0
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
.endm

    .text
// An interrupt that saves what functions may change, calls, ends the interrupt and returns.
    .global floor_interrupt_entry
    .type floor_interrupt_entry, @function
floor_interrupt_entry:                  // stack: rip, cs, rflags, rsp, ss
    endbr64
    save_changed
    call floor_nothing
    end_and_return

    .global floor_nothing
    .type floor_nothing, @function
floor_nothing:
    ret

// The same for a timer's interrupt: if the first timer is due by the time-stamp counter, it is taken off and called.
    .global floor_timer_entry
    .type floor_timer_entry, @function
floor_timer_entry:                      // stack: rip, cs, rflags, rsp, ss
    endbr64
    save_changed
    lfence                              // as cpu::read_time_stamp does it
    rdtsc
    shl rdx, 32
    or rax, rdx                         // now
    mov rdi, [floor_first_timer]        // a FloorTimer: the next one, when it is due, what it calls
    cmp rax, [rdi + 8]
    jb 2f
    mov rcx, [rdi]
    mov [floor_first_timer], rcx
    call [rdi + 16]
2:  end_and_return

// What looks at the time as its first deed, in the place of a handler.
    .global floor_latency_entry
    .type floor_latency_entry, @function
floor_latency_entry:                    // stack: rip, cs, rflags, rsp, ss
    endbr64
    rdtsc                               // as the handler reads it, in whose place this stands
    mov dword ptr [arrived], eax
    mov rax, [floor_end_register]
    mov dword ptr [rax], 0
    iretq                               // whoever is interrupted keeps nothing in RAX and RDX
