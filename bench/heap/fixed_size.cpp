#include "heap/designs/fixed_size.hpp"
#include "design.hpp"

namespace pith::bench {

void* allocate(std::size_t size) { return the<heap::FixedSize>().allocate(size, alignment); }
void release(void* block, std::size_t size) { the<heap::FixedSize>().free(block, size, alignment); }

}  // namespace pith::bench
