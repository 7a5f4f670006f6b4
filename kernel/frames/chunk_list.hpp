// Lists of chunks through links inside them: what is in one can leave it from anywhere, without a search.
//
// Needs:     chunk.
#pragma once

#include "frames/chunk.hpp"

namespace pith::frames {

class ChunkList {
public:
    constexpr ChunkList()                  = default;
    ChunkList(ChunkList const&)            = delete;
    ChunkList& operator=(ChunkList const&) = delete;

    Chunk* first() const { return first_; }

    // `chunk` is in no list.
    void push(Chunk& chunk) {
        chunk.previous = nullptr;
        chunk.next     = first_;
        if (first_ != nullptr) first_->previous = &chunk;
        first_ = &chunk;
    }

    // `chunk` is in this list.
    void remove(Chunk& chunk) {
        (chunk.previous != nullptr ? chunk.previous->next : first_) = chunk.next;
        if (chunk.next != nullptr) chunk.next->previous = chunk.previous;
    }

private:
    Chunk* first_ = nullptr;
};

// #region by_room
// All chunks that have something free, by how much there is in one block: a list for each size.
class ChunksByRoom {
public:
    // One with at least this room, as little more as there is; nullptr if there is none.
    Chunk* first_with(unsigned room) const {
        auto const fitting = not_empty_ >> room << room;
        return fitting == 0 ? nullptr : lists_[static_cast<std::size_t>(std::countr_zero(fitting))].first();
    }

    // `chunk` is in no list, and has this room.
    void push(Chunk& chunk, unsigned room) {
        if (room == 0) return;
        lists_[room].push(chunk);
        not_empty_ |= 1U << room;
    }

    // `chunk` came here with this room.
    void remove(Chunk& chunk, unsigned room) {
        if (room == 0) return;
        lists_[room].remove(chunk);
        if (lists_[room].first() == nullptr) not_empty_ &= ~(1U << room);
    }

private:
    std::array<ChunkList, Chunk::largest_order + 2> lists_;
    unsigned not_empty_ = 0;  // bit n: list n has some
};
// #endregion by_room

}  // namespace pith::frames
