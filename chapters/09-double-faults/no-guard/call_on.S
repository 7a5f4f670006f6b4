// Calling a function on another stack.
    .intel_syntax noprefix
    .text
// #region call-on
    .global call_on
    .type call_on, @function
call_on:                                // RDI: the other stack's top, RSI: the function
    push rbp
    mov rbp, rsp
    mov rsp, rdi
    call rsi
    mov rsp, rbp
    pop rbp
    ret
    .size call_on, . - call_on
// #endregion call-on
