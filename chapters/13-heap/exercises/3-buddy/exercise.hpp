// Exercise 13.3: halves and buddies.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <span>

// 16 KiB in blocks whose sizes are powers of two, each at a multiple of its size from the start.
class Buddy {
public:
    // Level 0 has 256 blocks of 64 bytes, level 8 one of 16 KiB.
    static constexpr std::size_t smallest = 64, levels = 9, all = smallest << (levels - 1);

    explicit Buddy(std::span<std::byte, all> memory);

    // A block that has room for `size` bytes, no larger than it has to be; nullptr if there is none.
    void* allocate(std::size_t size);
    // `size` as it was asked for. Two halves that are both free become one block again.
    void free(void* block, std::size_t size);

private:
    std::span<std::byte, all> memory_;
    // free_[level][index]: the block from index * (smallest << level) on is free, as a whole.
    std::array<std::bitset<all / smallest>, levels> free_{};
};
