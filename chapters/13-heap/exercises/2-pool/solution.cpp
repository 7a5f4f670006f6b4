// Exercise 13.2: a pool of equal blocks.
#include "exercise.hpp"

#include <memory>
#include <utility>

Pool::Pool(std::span<std::byte> memory, std::size_t block_bytes)
    : memory_{memory}, block_bytes_{block_bytes} {}

void* Pool::allocate() {
    if (first_ != nullptr) return std::exchange(first_, first_->next);
    if (memory_.size() - untouched_ < block_bytes_) return nullptr;
    auto* const block = memory_.subspan(untouched_).data();
    untouched_ += block_bytes_;
    return block;
}

void Pool::free(void* block) { first_ = std::construct_at(static_cast<Free*>(block), first_); }
