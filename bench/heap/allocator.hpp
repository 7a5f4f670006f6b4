// The allocator that a program measures: one a program, so that each has the machine to itself.
#pragma once

#include <cstddef>

namespace pith::bench {

void* allocate(std::size_t size);
void release(void* block);

}  // namespace pith::bench
