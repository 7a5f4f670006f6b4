// capture_registers: every general and control register, CS and SS into the structure that RDI points to.
// The offsets are those of cpu::Registers (registers.hpp checks them).
    .intel_syntax noprefix

    .section .text.capture_registers, "ax", @progbits
    .global capture_registers
    .type capture_registers, @function
capture_registers:                      // stack: [rsp] return address
    mov [rdi + 0],   rax
    mov [rdi + 8],   rbx
    mov [rdi + 16],  rcx
    mov [rdi + 24],  rdx
    mov [rdi + 32],  rsi
    mov [rdi + 40],  rdi
    mov [rdi + 48],  rbp
    mov [rdi + 64],  r8
    mov [rdi + 72],  r9
    mov [rdi + 80],  r10
    mov [rdi + 88],  r11
    mov [rdi + 96],  r12
    mov [rdi + 104], r13
    mov [rdi + 112], r14
    mov [rdi + 120], r15
    pushfq                              // stack: flags, return address
    pop qword ptr [rdi + 136]           // rflags
    mov rax, [rsp]
    mov [rdi + 128], rax                // rip: where the caller goes on
    lea rax, [rsp + 8]
    mov [rdi + 56], rax                 // rsp: as the caller has it after the return
    mov rax, cr0
    mov [rdi + 144], rax
    mov rax, cr2
    mov [rdi + 152], rax
    mov rax, cr3
    mov [rdi + 160], rax
    mov rax, cr4
    mov [rdi + 168], rax
    mov eax, cs
    mov [rdi + 176], rax
    mov eax, ss
    mov [rdi + 184], rax
    mov rax, [rdi + 0]                  // the caller's rax again
    ret
    .size capture_registers, . - capture_registers
