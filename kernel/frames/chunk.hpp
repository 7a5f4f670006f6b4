// A chunk: 2 MiB of memory, and which of its 512 frames are free.
//
//   free_     8 words of 64 bits, a bit a frame, 1: free           | word 0 | word 1 | ... | word 7 |
//   count_    how many frames are free
//   summary_  7 bytes, of a bit a word: byte n says which words have a block of 2^n free frames
//
//             byte 6: all 64 are free    ...    byte 1: two are, side by side    byte 0: something is
//
// A block begins at a multiple of its size, as a buddy allocator's. So a few steps, and always the same few,
// find a free frame or a block: the lowest bit of the summary's byte, and in that word the lowest block. The
// blocks of 128, 256 and 512 frames are words in a row: all 512 is a frame of 2 MiB, and needs nothing of its
// own.
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
    static constexpr unsigned largest_order = 9;  // 2^9 frames are all

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

    // How large a block is free: n for one of 2^(n-1) frames, and none of 2^n; 0 if nothing is free.
    unsigned room() const { return room_; }
    // The first free block of 2^order frames.
    std::optional<std::uint64_t> find_block(unsigned order) const;

    // Whether any of the `count` frames from `first` on are free. They lie inside the chunk.
    bool any_free(std::uint64_t first, std::uint64_t count) const;
    bool all_free(std::uint64_t first, std::uint64_t count) const;
    // The first of the first `count` free frames in a row that begin at a multiple of `alignment`: frame by
    // frame.
    std::optional<std::uint64_t> find_run(std::uint64_t count, std::uint64_t alignment = 1) const;

    // Mark frames that are free as taken, and the other way round. Neither is checked here.
    void take(std::uint64_t first, std::uint64_t count);
    void give(std::uint64_t first, std::uint64_t count);

    void take_all();
    void give_all();

    // Takes all that is free in one word, and in one that is not wholly free if there is one. The chunk must
    // not be empty.
    Word take_word();
    void give_word(Word word);

    // The lists of chunks (chunk_list.hpp) put their links here.
    Chunk *previous = nullptr, *next = nullptr;

private:
    // Calls `visit(word's index, mask)` for each word that has some of these frames.
    template <typename Visit>
    static void for_each_word(std::uint64_t first, std::uint64_t count, Visit&& visit);
    // Bring the summary up to date with this word, and the room with the summary.
    void note(std::uint64_t word);
    void note_room();
    // Which words have a free block of 2^order frames, a bit a word.
    std::uint64_t words_with(unsigned order) const { return summary_ >> (8 * order) & 0xff; }
    // Which words begin a free block of 2^order frames. Order 6 to 9.
    std::uint64_t words_that_begin(unsigned order) const;

    std::array<std::uint64_t, words> free_{};
    PhysAddr start_;
    std::uint64_t summary_ = 0;
    std::uint32_t count_   = 0;
    std::uint32_t room_    = 0;
};

// What is kept for 2 MiB of memory: 0.005 %.
static_assert(sizeof(Chunk) <= 128);

}  // namespace pith::frames
