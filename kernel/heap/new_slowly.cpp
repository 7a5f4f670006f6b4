#include "heap/new_slowly.hpp"

#include "heap/no_memory.hpp"
#include "heap/start.hpp"

namespace pith::heap {

void* try_allocate_slowly(std::size_t size, std::nothrow_t const&) {
    return the_heap.with([&](auto& heap) { return heap.allocate(size); });
}

// #region slow
void* allocate_slowly(std::size_t size) {
    auto* const block = try_allocate_slowly(size, std::nothrow);
    if (block == nullptr) fail_without_memory(size, 0, __builtin_return_address(0));
    return block;
}
// #endregion slow

void* try_allocate_aligned(std::size_t size, std::align_val_t alignment) {
    return the_heap.with(
        [&](auto& heap) { return heap.allocate(size, static_cast<std::size_t>(alignment)); });
}

void* allocate_aligned(std::size_t size, std::align_val_t alignment, void* caller) {
    auto* const block = try_allocate_aligned(size, alignment);
    if (block == nullptr) fail_without_memory(size, static_cast<std::size_t>(alignment), caller);
    return block;
}

// #region release
void release_slowly(void* block) {
    if (block == nullptr) return;
    require(may_be_the_heaps(block), "memory was freed that does not belong to the heap");
    the_heap.with([&](auto& heap) { heap.free(block); });
}
// #endregion release

void release_slowly(void* block, std::size_t) { release_slowly(block); }

}  // namespace pith::heap
