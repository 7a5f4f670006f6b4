// A slab: 64 KiB of blocks of one size, or the start of one large block.
//
//   0        128                                                            64 KiB
//   +--------+--------+--------+--------+--------+--------+-- - - - - - - --+
//   | Slab   | in use | free   | in use | free   | in use |  untouched       |
//   +--------+--------+--------+--------+--------+--------+-- - - - - - - --+
//                        ^---------------- |  ^-- the list goes through the free blocks themselves
//
// There are two lists: blocks are taken from one, and come back to the other, until the first is empty. So
// taking and giving back have nothing to do with each other, and a processor can do both at once. Only giving
// back counts.
//
// It begins at a multiple of its size, so a block's address tells where its slab is. What lies behind the
// last block that was ever given out, nobody has touched.
//
// Needs:     base (failure), size_class.
#pragma once

#include "heap/size_class.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace pith::heap {

class Slab {
public:
    static constexpr std::size_t bytes = std::size_t{64} << 10, header_bytes = 128;

    // What a free block holds.
    struct Block {
        Block* next;
    };

    // What the heap does with it.
    enum class State : std::uint8_t {
        none,       // the heap's own stand-in, from which nothing can be taken
        current,    // blocks of its class come from here
        listed,     // some are free
        set_aside,  // none is
        empty,      // all are, and any class may have it
        large,      // it is one large block
    };

    constexpr Slab() = default;
    // Blocks of one class. `owner` is the heap.
    Slab(void const* owner, SizeClass size_class);
    // One large block. All of the `memory` of so many bytes goes back when it is freed; the slab lies
    // somewhere in it.
    Slab(void const* owner, std::byte* memory, std::size_t memory_bytes)
        : countdown_{1}, state_{State::large}, owner_{owner}, memory_{memory}, memory_bytes_{memory_bytes} {}

    // #region of
    // The slab of a block. (A block that begins where a slab would belongs to the one before.)
    static Slab& of(void const* block) {
        // SAFETY: because every block of a heap has a Slab at the multiple of 64 KiB below it.
        return *std::bit_cast<Slab*>((std::bit_cast<std::uintptr_t>(block) - 1) & ~(bytes - 1));
    }
    // #endregion of

    void const* owner() const { return owner_; }
    State state() const { return state_; }
    SizeClass size_class() const { return class_; }
    std::size_t block_bytes() const { return block_bytes_; }
    std::byte* memory() const { return memory_; }
    std::size_t memory_bytes() const { return memory_bytes_; }
    void set_memory_bytes(std::size_t memory_bytes) { memory_bytes_ = memory_bytes; }
    // How many blocks are in use. Walks the list of free ones.
    std::uint32_t used() const {
        auto used = countdown_ + held_back_;
        for (auto const* block = free_; block != nullptr; block = block->next) --used;
        return used;
    }

    // #region take-and-give
    // A free block; nullptr if there is none in the list to take from.
    Block* take() {
        auto* const block = free_;
        if (block == nullptr) [[unlikely]]
            return nullptr;
        free_ = block->next;
        return block;
    }

    // Whether the heap has something to do now: the slab was set aside, or all of it is free, or it was
    // large.
    [[nodiscard]] bool give(Block* block) {
        block->next = returned_;
        returned_   = block;
        return --countdown_ == 0;
    }

    // The same, where the heap has nothing to do; false if it would, and nothing has changed.
    [[nodiscard]] bool give_quickly(Block* block) {
        if (--countdown_ == 0) [[unlikely]] {
            countdown_ = 1;
            return false;
        }
        block->next = returned_;
        returned_   = block;
        return true;
    }

    // Puts free blocks into the list to take from, which is empty: those that came back, else some untouched
    // ones. False if there are none.
    bool refill() { return take_returned() || carve(); }
    // The same where it is empty. False if there is nothing to take.
    bool provide() { return free_ != nullptr || refill(); }
    // #endregion take-and-give

    void set_state(State state) { state_ = state; }
    // Of a slab in which no block is free, it is news when a few have come back: so it counts down from those.
    // (Were the first one news, then in a heap of many full slabs every block that comes back would be.)
    void set_aside() {
        auto const few = std::max<std::uint32_t>(carved_ / 64, 1);
        held_back_     = countdown_ - few;
        countdown_     = few;
        state_         = State::set_aside;
    }
    void take_back() { countdown_ += std::exchange(held_back_, 0); }
    bool has_returned() const { return returned_ != nullptr; }
    bool has_blocks() const {
        return free_ != nullptr || has_returned() || bytes - untouched_ >= block_bytes_;
    }
    bool is_all_free() const { return countdown_ == 0; }

    // In the heap's lists.
    Slab *previous = nullptr, *next = nullptr;

private:
    // How much is carved at once: a page's worth.
    static constexpr std::size_t carved_bytes = 4096;

    Block* at(std::size_t offset) {
        // SAFETY: because the offset is that of a block in this slab.
        return std::bit_cast<Block*>(std::bit_cast<std::uintptr_t>(this) + offset);
    }

    // #region returned
    bool take_returned() {
        if (returned_ == nullptr) return false;
        free_      = std::exchange(returned_, nullptr);
        countdown_ = carved_;
        return true;
    }
    // #endregion returned
    bool carve();

    // #region members
    Block* free_             = nullptr;  // to take from
    Block* returned_         = nullptr;  // came back
    std::uint32_t countdown_ = 0;  // blocks that did not come back: in use or in free_, less those held back
    std::uint32_t held_back_ = 0;
    std::uint32_t carved_    = 0;      // blocks that were ever given out
    std::uint32_t untouched_ = bytes;  // offset of the first block that was never given out
    std::uint32_t block_bytes_ = 0;
    SizeClass class_           = 0;
    State state_               = State::none;
    void const* owner_         = nullptr;
    std::byte* memory_         = nullptr;
    std::size_t memory_bytes_  = 0;
    // #endregion members
};
static_assert(sizeof(Slab) <= Slab::header_bytes);

inline Slab::Slab(void const* owner, SizeClass size_class)
    : block_bytes_{static_cast<std::uint32_t>(block_size(size_class))},
      class_{size_class},
      owner_{owner},
      // SAFETY: because the slab is the first thing in its memory.
      memory_{std::bit_cast<std::byte*>(this)},
      memory_bytes_{bytes} {
    untouched_ = static_cast<std::uint32_t>(
        is_aligned(size_class) ? std::max<std::size_t>(header_bytes, block_bytes_) : header_bytes);
}

// #region carve
[[gnu::noinline]] inline bool Slab::carve() {
    auto const left  = (bytes - untouched_) / block_bytes_;
    auto const count = std::min(left, std::max<std::size_t>(carved_bytes / block_bytes_, 1));
    if (count == 0) return false;
    for (std::size_t index = count; index-- > 0;) {
        auto* const block = at(untouched_ + index * block_bytes_);
        block->next       = free_;
        free_             = block;
    }
    untouched_ += static_cast<std::uint32_t>(count * block_bytes_);
    carved_ += static_cast<std::uint32_t>(count);
    countdown_ = carved_;
    return true;
}
// #endregion carve

}  // namespace pith::heap
