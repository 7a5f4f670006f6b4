// Whatever malloc the program is linked with.
#include "allocator.hpp"

#include <cstdlib>

namespace pith::bench {

void* allocate(std::size_t size) { return std::malloc(size); }
void release(void* block, std::size_t) { std::free(block); }

}  // namespace pith::bench
