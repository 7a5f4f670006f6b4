// Exercise 13.2: a pool of equal blocks.
#pragma once

#include <cstddef>
#include <span>

// Blocks of one size. Taking one and giving one back takes the same few steps, however many there are.
class Pool {
public:
    // `memory` begins at a multiple of 16, and `block_bytes` is one.
    Pool(std::span<std::byte> memory, std::size_t block_bytes);

    // nullptr if no block is free.
    void* allocate();
    void free(void* block);

private:
    // What a free block holds.
    struct Free {
        Free* next;
    };

    std::span<std::byte> memory_;
    std::size_t block_bytes_;
    [[maybe_unused]] Free* first_ = nullptr;
    std::size_t untouched_        = 0;  // where what was never given out begins
};
