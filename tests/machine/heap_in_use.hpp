// What the heap's tests ask of the heap, which is in checking mode in one of their kernels and plain in the
// other.
#pragma once

#include <cstddef>

namespace pith::tests {

std::size_t heap_bytes_in_use();

// How much of all memory there is at least in blocks of a KiB, and in one block when they are freed.
extern std::size_t const tenths_in_small_blocks, tenths_in_one_block;

}  // namespace pith::tests
