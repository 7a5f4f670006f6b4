// Chapter 8: what a program loses if an exception is not careful.
    .intel_syntax noprefix

// #region keep
// Sets registers that a call would keep (RBX) and that it would not (RCX), and says whether both survive.
    .text
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
// #endregion keep
