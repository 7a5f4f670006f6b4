// Exercise 13.1: who uses how much.
#include "exercise.hpp"

#include <algorithm>

void* Counting::do_allocate(std::size_t size, std::size_t alignment) {
    auto* const block = upstream_.allocate(size, alignment);
    ++blocks_;
    bytes_ += size;
    most_bytes_ = std::max(most_bytes_, bytes_);
    return block;
}

void Counting::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
    upstream_.deallocate(block, size, alignment);
    --blocks_;
    bytes_ -= size;
}

// Equal means: what one gave, the other can take back. Here each counts its own.
bool Counting::do_is_equal(memory_resource const& other) const noexcept { return this == &other; }
