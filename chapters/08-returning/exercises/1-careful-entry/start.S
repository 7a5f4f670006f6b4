// Exercise 8.1: an entry for a breakpoint and for an invalid opcode. Neither has an error code.
//
// Call `exercise_handler` with the address of the processor's five words in RDI, and return so that the interrupted
// program notices nothing. The handler uses vector registers.
    .intel_syntax noprefix
    .text
    .global careful_entry
    .type careful_entry, @function
careful_entry:                          // stack: rip, cs, rflags, rsp, ss
    call exercise_handler
    iretq
    .size careful_entry, . - careful_entry
