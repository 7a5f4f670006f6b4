#include "heap/designs/bump.hpp"
#include "design.hpp"

namespace pith::bench {

void* allocate(std::size_t size) { return the<heap::Bump>().allocate(size, alignment); }
void release(void* block, std::size_t) { the<heap::Bump>().free(block); }

}  // namespace pith::bench
