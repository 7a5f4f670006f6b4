// A chunk: 2 MiB of memory, and which of its 512 frames are free.
//
//   free_     8 words of 64 bits, a bit a frame, 1: free           | word 0 | word 1 | ... | word 7 |
//   summary_  a bit a word, 1: something is free there
//   count_    how many frames are free
//
// Two steps find a free frame: the lowest bit of the summary, the lowest bit of that word. All free is 512
// ones, so a frame of 2 MiB is a whole chunk, and needs nothing of its own.
//
// Needs:     frame.
// Promises:  summary and count agree with the bits.
#pragma once

#include "frames/frame.hpp"

#include <array>
#include <bit>
#include <optional>

namespace pith::frames {

class Chunk {
public:
    static constexpr std::uint64_t bytes           = bytes_in(PageSize::mib_2);
    static constexpr std::uint64_t frames          = bytes / page_bytes;
    static constexpr std::uint64_t frames_per_word = 64, words = frames / frames_per_word;

    // 64 frames in a row, taken out of the chunk at once.
    struct Word {
        std::uint64_t index;
        std::uint64_t free;
    };

    // Which frame of its chunk this address lies in.
    static constexpr std::uint64_t index_of(PhysAddr address) {
        return address.value() / page_bytes % frames;
    }

    constexpr Chunk() = default;
    // The part of memory that begins at `start`; `usable` lies inside it, and is free.
    Chunk(PhysAddr start, PhysRange usable);

    PhysAddr start() const { return start_; }
    std::uint64_t free_count() const { return count_; }
    bool is_empty() const { return count_ == 0; }
    bool is_whole() const { return count_ == frames; }

    // Whether any of the `count` frames from `first` on are free. They lie inside the chunk.
    bool any_free(std::uint64_t first, std::uint64_t count) const;
    // The first of the first `count` free frames in a row that begin at a multiple of `alignment`.
    std::optional<std::uint64_t> find_run(std::uint64_t count, std::uint64_t alignment = 1) const;

    // Marks frames that are free as taken, and the other way round. Neither is checked here.
    void take(std::uint64_t first, std::uint64_t count);
    void give(std::uint64_t first, std::uint64_t count);

    // Takes all that is free in one word. The chunk must not be empty.
    Word take_word();
    void give_word(Word word);

    // The lists of chunks (chunk_list.hpp) put their links here.
    Chunk *previous = nullptr, *next = nullptr;

private:
    // Calls `visit(word's index, mask)` for each word that has some of these frames.
    template <typename Visit>
    static void for_each_word(std::uint64_t first, std::uint64_t count, Visit&& visit);
    void note(std::uint64_t word) {
        auto const bit = std::uint32_t{1} << word;
        summary_       = free_[word] != 0 ? summary_ | bit : summary_ & ~bit;
    }

    std::array<std::uint64_t, words> free_{};
    PhysAddr start_;
    std::uint32_t count_   = 0;
    std::uint32_t summary_ = 0;
};

// What is kept for 2 MiB of memory: 0.005 %.
static_assert(sizeof(Chunk) <= 128);

}  // namespace pith::frames
