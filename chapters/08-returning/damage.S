// Chapter 8: what a program loses if an exception is not careful.
    .intel_syntax noprefix

// Functions of the System V ABI may use the 128 bytes below RSP without moving RSP: the red zone. In the kernel
// an exception's frame is pushed right there.
    .text
    .global use_red_zone
    .type use_red_zone, @function
use_red_zone:                           // returns what is left of the number in RDI
    mov [rsp - 16], rdi                 // "nobody writes here"
    int3
    mov rax, [rsp - 16]
    ret

// The same with RSP moved down first: what the compiler does with -mno-red-zone.
    .global use_stack
    .type use_stack, @function
use_stack:
    sub rsp, 8
    mov [rsp], rdi
    int3
    mov rax, [rsp]
    add rsp, 8
    ret

// Sets registers that a call would keep (RBX) and that it would not (RCX), and says whether both survive.
    .global keep_registers
    .type keep_registers, @function
keep_registers:
    push rbx
    mov rbx, 0x1234
    mov rcx, 0x5678
    int3
    xor rbx, 0x1234
    xor rcx, 0x5678
    mov rax, rbx
    or rax, rcx                         // 0 if both are as they were
    pop rbx
    ret
