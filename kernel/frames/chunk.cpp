#include "frames/chunk.hpp"

#include <algorithm>

namespace pith::frames {

template <typename Visit>
void Chunk::for_each_word(std::uint64_t first, std::uint64_t count, Visit&& visit) {
    require(first < frames && count <= frames - first, "a chunk has 512 frames");
    for (auto const end = first + count; first < end;) {
        auto const bit  = first % frames_per_word;
        auto const here = std::min(end - first, frames_per_word - bit);
        visit(first / frames_per_word, (~std::uint64_t{0} >> (frames_per_word - here)) << bit);
        first += here;
    }
}

Chunk::Chunk(PhysAddr start, PhysRange usable) : start_{start} {
    give(index_of(usable.start()), usable.size() / page_bytes);
}

bool Chunk::any_free(std::uint64_t first, std::uint64_t count) const {
    bool found = false;
    for_each_word(first, count,
                  [&](std::uint64_t word, std::uint64_t mask) { found |= (free_[word] & mask) != 0; });
    return found;
}

std::optional<std::uint64_t> Chunk::find_run(std::uint64_t count, std::uint64_t alignment) const {
    if (count > count_) return std::nullopt;
    std::uint64_t length = 0;
    for (std::uint64_t index = 0; index < frames; ++index) {
        bool const is_free = (free_[index / frames_per_word] >> (index % frames_per_word) & 1) != 0;
        bool const fits    = length > 0 || index % alignment == 0;
        length             = is_free && fits ? length + 1 : 0;
        if (length == count) return index + 1 - count;
    }
    return std::nullopt;
}

void Chunk::take(std::uint64_t first, std::uint64_t count) {
    for_each_word(first, count, [&](std::uint64_t word, std::uint64_t mask) {
        free_[word] &= ~mask;
        note(word);
    });
    count_ -= static_cast<std::uint32_t>(count);
}

void Chunk::give(std::uint64_t first, std::uint64_t count) {
    for_each_word(first, count, [&](std::uint64_t word, std::uint64_t mask) {
        free_[word] |= mask;
        note(word);
    });
    count_ += static_cast<std::uint32_t>(count);
}

Chunk::Word Chunk::take_word() {
    require(summary_ != 0, "nothing is free in this chunk");
    auto const index = static_cast<std::uint64_t>(std::countr_zero(summary_));
    auto const free  = std::exchange(free_[index], 0);
    note(index);
    count_ -= static_cast<std::uint32_t>(std::popcount(free));
    return {index, free};
}

void Chunk::give_word(Word word) {
    free_[word.index] |= word.free;
    note(word.index);
    count_ += static_cast<std::uint32_t>(std::popcount(word.free));
}

}  // namespace pith::frames
