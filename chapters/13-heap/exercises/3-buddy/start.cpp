// Exercise 13.3: halves and buddies.
#include "exercise.hpp"

Buddy::Buddy(std::span<std::byte, all> memory) : memory_{memory} { free_[levels - 1].set(0); }

void* Buddy::allocate(std::size_t size) {
    if (size > all || !free_[levels - 1].test(0)) return nullptr;
    free_[levels - 1].reset(0);
    return memory_.data();
}

void Buddy::free(void*, std::size_t) { free_[levels - 1].set(0); }
