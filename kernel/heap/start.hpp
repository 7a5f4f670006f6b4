// The kernel's own heap: what operator new and delete use.
//
// Its pages are frames, reached through the direct map. There is nothing to start: the first block takes the
// first frames.
//
// Needs:     frames, cpu (lock), heap. Before frames::start no memory is left.
// Promises:  whoever masks interrupts, or is an interrupt's handler, may use it, for its lock masks them. Not
//            a handler of what strikes anywhere (NMI, machine check), nor of a fault of the heap's own: it
//            may have interrupted the heap, and would wait for ever.
#pragma once

#include "cpu/spinlock.hpp"
#include "heap/heap.hpp"

namespace pith::heap {

// Runs of frames in the direct map.
class FramePages {
public:
    std::byte* take(std::size_t bytes, std::size_t alignment);
    void give(std::byte* memory, std::size_t bytes);
    bool grow(std::byte* end, std::size_t bytes);
};
static_assert(GrowingSource<FramePages>);

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
extern cpu::Locked<Heap<FramePages>> the_heap;

Statistics statistics();

// What is in use, by size class, as a table; and how much memory that takes, and took at most.
void print_statistics();

}  // namespace pith::heap
