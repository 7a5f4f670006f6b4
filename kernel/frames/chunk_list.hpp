// A list of chunks through links inside them: what is in it can leave it from anywhere, without a search.
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

}  // namespace pith::frames
