// The allocator that a program measures: one a program, so that each has the machine to itself.
#pragma once

#include <cstddef>

namespace pith::bench {

void* allocate(std::size_t size);
// `size` as it was asked for. Only simpler designs need to be told.
void release(void* block, std::size_t size);

}  // namespace pith::bench
