#include "heap/designs/linked_list.hpp"
#include "design.hpp"

namespace pith::bench {

void* allocate(std::size_t size) { return the<heap::LinkedList>().allocate(size, alignment); }
void release(void* block, std::size_t size) { the<heap::LinkedList>().free(block, size); }

}  // namespace pith::bench
