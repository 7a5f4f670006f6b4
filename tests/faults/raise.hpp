// A Block: what every register holds before an exception is raised, and what it holds when the program is
// back.
//
// Needs:     raise.S, which fills and stores them.
// Reference: Intel SDM vol. 1 "FXSAVE Area" (Layout of the 64-bit-mode FXSAVE64 Map).
#pragma once

#include "raise.inc"

#include <array>
#include <cstddef>
#include <cstdint>

namespace pith::faults {

struct General {
    std::uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
};

// x87 and vector registers, as FXSAVE64 stores them.
struct alignas(16) VectorState {
    std::uint16_t control, status;
    std::uint8_t tags, reserved;
    std::uint16_t opcode;
    std::uint64_t instruction, data;
    std::uint32_t mxcsr, mxcsr_mask;
    std::array<std::uint64_t, 16> x87;  // 8 registers of 10 bytes, and 6 that mean nothing
    std::array<std::uint64_t, 32> xmm;
    std::array<std::uint64_t, 12> unused;
};
static_assert(sizeof(VectorState) == 512 && offsetof(VectorState, mxcsr) == 24);
static_assert(offsetof(VectorState, x87) == 32 && offsetof(VectorState, xmm) == 160);

struct Block {
    General before;
    std::uint64_t rip, cs, rflags, rsp, ss;  // CS 0: ring 0; RSP 0: raise takes one near its caller's
    General after;
    std::uint64_t after_rflags, after_rsp;
    std::uint64_t cr0;
    std::array<std::uint64_t, 12> saved;
    VectorState vectors_before, vectors_after, saved_vectors;
};
static_assert(offsetof(Block, rip) == BLOCK_RIP && offsetof(Block, cs) == BLOCK_CS);
static_assert(offsetof(Block, rsp) == BLOCK_RSP && offsetof(Block, ss) == BLOCK_SS);
static_assert(offsetof(Block, after) == BLOCK_AFTER && offsetof(Block, after_rsp) == BLOCK_AFTER_RSP);
static_assert(offsetof(Block, after_rflags) == BLOCK_AFTER + 8 * (BLOCK_AFTER_WORDS - 1));
static_assert(offsetof(Block, cr0) == BLOCK_CR0);
static_assert(offsetof(Block, ss) == 8 * (BLOCK_LOADED_WORDS - 1));
static_assert(offsetof(Block, saved) == BLOCK_SAVED_RBX && sizeof(Block) == BLOCK_SIZE);
static_assert(offsetof(Block, vectors_before) == BLOCK_BEFORE_FX);
static_assert(offsetof(Block, vectors_after) == BLOCK_AFTER_FX);
static_assert(offsetof(Block, saved_vectors) == BLOCK_SAVED_FX);

// Where a handler sends a program that must not run the faulting instruction again.
extern "C" std::byte const raise_after[];

// Runs the code at block.rip with the registers of `block`, and returns when it has jumped to raise_after.
extern "C" void raise(Block& block);
extern "C" Block* raise_block;

// Loads DS, ES and FS; what DS, ES, FS and GS hold, DS lowest.
extern "C" void load_segments(std::uint16_t selector);
extern "C" std::uint64_t stored_segments();

extern "C" void overwrite_caller_saved();
extern "C" void raise_breakpoint();
extern "C" [[noreturn]] void raise_double_fault();

}  // namespace pith::faults
