// What the heap's tests ask of the heap, which is in checking mode in one of their kernels and plain in the
// other.
#pragma once

#include <cstddef>

namespace pith::tests {

std::size_t heap_bytes_in_use();

}  // namespace pith::tests
