// Exercise 13.3: halves and buddies.
#include "exercise.hpp"

#include <bit>
#include <cstdint>
#include <optional>

namespace {

// The lowest level whose blocks have room.
std::size_t level_for(std::size_t size) {
    std::size_t level = 0;
    while (Buddy::smallest << level < size) ++level;
    return level;
}

template <std::size_t count>
std::optional<std::size_t> first_in(std::bitset<count> const& bits) {
    for (std::size_t index = 0; index < count; ++index) {
        if (bits.test(index)) return index;
    }
    return std::nullopt;
}

}  // namespace

Buddy::Buddy(std::span<std::byte, all> memory) : memory_{memory} { free_[levels - 1].set(0); }

void* Buddy::allocate(std::size_t size) {
    if (size > all) return nullptr;
    auto const wanted = level_for(size);
    for (auto level = wanted; level < levels; ++level) {
        auto const found = first_in(free_[level]);
        if (!found) continue;
        auto index = *found;
        free_[level].reset(index);
        for (; level > wanted; --level) {  // the left half is taken on, the right one is free
            index *= 2;
            free_[level - 1].set(index + 1);
        }
        return memory_.subspan(index * (smallest << wanted)).data();
    }
    return nullptr;
}

void Buddy::free(void* block, std::size_t size) {
    auto level        = level_for(size);
    auto const offset = std::bit_cast<std::uintptr_t>(block) - std::bit_cast<std::uintptr_t>(memory_.data());
    auto index        = offset / (smallest << level);
    for (; level + 1 < levels && free_[level].test(index ^ 1); ++level) {
        free_[level].reset(index ^ 1);
        index /= 2;
    }
    free_[level].set(index);
}
