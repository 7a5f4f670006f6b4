// What exercise 7.1 is about: the chain of frames that RBP begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// A stack: the address of its first byte, and that behind its last.
struct Stack {
    std::uint64_t bottom, top;
};

// The word at `address`, which must be a multiple of 8 and lie in the stack.
std::uint64_t word_at(std::uint64_t address);

// Yours: puts the return addresses into `found`, innermost first, and returns how many there are.
std::size_t collect(std::uint64_t frame_pointer, Stack stack, std::span<std::uint64_t> found);
