#include "exercise.hpp"

using pith::exceptions::ExceptionFrame;
using pith::exceptions::Resolution;

Resolution on_invalid_opcode(ExceptionFrame& frame) {
    if (byte_at(frame.rip) != 0x0f || byte_at(frame.rip + 1) != 0x0b) return Resolution::not_mine;
    if (byte_at(frame.rip + 2) != 0x53) return Resolution::not_mine;
    frame.rax *= frame.rax;
    frame.rip += 3;  // a fault: RIP is at the instruction, and we go on behind it
    return Resolution::resumed;
}
