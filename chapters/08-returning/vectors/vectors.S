// Chapter 8: what comes of vector registers in a handler.
    .intel_syntax noprefix
    .text

// #region handler
// What clang makes of `last = reading`, a copy of 16 bytes, if it may use vector registers.
    .global copy_reading
    .type copy_reading, @function
copy_reading:                           // RDI: to, RSI: from
    movups xmm0, [rsi]
    movups [rdi], xmm0
    ret
    .size copy_reading, . - copy_reading
// #endregion handler

// #region program
// Keeps a number in a vector register while a breakpoint strikes, and returns what is left of it.
    .global keep_in_vector
    .type keep_in_vector, @function
keep_in_vector:                         // RDI: the number
    movq xmm0, rdi
    int3
    movq rax, xmm0
    ret
    .size keep_in_vector, . - keep_in_vector
// #endregion program
