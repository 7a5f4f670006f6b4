// The hand-written floor: the least that a finished text costs on its way to the devices.
    .intel_syntax noprefix
#include "boot/entry.inc"

    .set LINE_STATUS, SERIAL_PORT + 5
    .set TRANSMITTER_EMPTY, 0x20
    .set QUEUE, 16
    .set CONTROLLER, 0x3d4
    .set CURSOR_HIGH, 0x0e
    .set CURSOR_LOW, 0x0f

    .text
// floor_serial({text, size}): looks whether the queue is empty, and fills it.
    .global floor_serial
    .type floor_serial, @function
floor_serial:
    mov r8, rsi                         // bytes that are left
    mov rsi, rdi
2:  mov edx, LINE_STATUS
3:  in al, dx
    test al, TRANSMITTER_EMPTY
    jz 3b
    mov ecx, QUEUE
    cmp r8, rcx
    cmovb rcx, r8
    sub r8, rcx
    mov edx, SERIAL_PORT
    rep outsb
    test r8, r8
    jnz 2b
    ret

// floor_cells({text, size}, cells): a cell for each character, in light grey on black; and the cursor behind them.
    .global floor_cells
    .type floor_cells, @function
floor_cells:
    mov rcx, rsi
    mov r8, rsi
    mov rsi, rdi
    mov rdi, rdx
    mov ah, 7
2:  lodsb
    stosw
    dec rcx
    jnz 2b
    mov edx, CONTROLLER
    mov eax, r8d
    mov al, CURSOR_HIGH                 // and in AH the high byte of the cursor's place
    out dx, ax
    mov eax, r8d
    shl eax, 8
    mov al, CURSOR_LOW
    out dx, ax
    ret

// floor_scroll(cells, shadow): all rows but the first go up, from what is kept in memory; the last one is blank.
    .global floor_scroll
    .type floor_scroll, @function
floor_scroll:
    mov r8, rdi
    mov r9, rsi
    mov rdi, rsi                        // first in memory
    lea rsi, [r9 + 160]
    mov ecx, 24 * 160 / 8
    rep movsq
    mov rax, 0x0720072007200720
    mov ecx, 160 / 8
    rep stosq
    mov rdi, r8                         // then on the screen
    mov rsi, r9
    mov ecx, 25 * 160 / 8
    rep movsq
    ret
