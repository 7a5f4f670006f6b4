// Two entries: one for a vector without an error code, one for a vector with one. Both call on_exception with the
// address of what exercise 6.1 draws, and go back as if nothing had been.
    .intel_syntax noprefix
    .section .text.answer, "ax", @progbits

    .global entry_without_error_code, entry_with_error_code
entry_without_error_code:               // stack: rip, cs, rflags, rsp, ss
    jmp not_written

entry_with_error_code:                  // stack: error code, rip, cs, rflags, rsp, ss
    jmp not_written
