// The long ways of operator new and delete: a slab is empty or full, the block is large, or it is none.
//
// They are functions of their own, so that the short ways (new_delete.cpp) call nothing.
//
// Needs:     heap.
#pragma once

#include "memory/layout.hpp"

#include <bit>
#include <cstdint>
#include <new>

namespace pith::heap {

// nullptr if no memory is left; or the kernel fails, and says who asked. (An alignment comes with the address where the
// one who asked goes on.)
void* try_allocate_slowly(std::size_t size, std::nothrow_t const&);
void* allocate_slowly(std::size_t size);
void* try_allocate_aligned(std::size_t size, std::align_val_t alignment);
void* allocate_aligned(std::size_t size, std::align_val_t alignment, void* caller);

// Fails if the block is not the heap's. What delete is told beside the block does not matter here: it is a parameter
// because a tail call has the parameters of its caller.
void release_slowly(void* block);
void release_slowly(void* block, std::size_t);

// #region may-be
// Not null, not in the half for programs, not in the image: only there may a slab be looked for. It is one
// comparison, of numbers with a sign: only the kernel's half is negative, and the image is at its end.
[[gnu::always_inline]] inline bool may_be_the_heaps(void const* block) {
    return std::bit_cast<std::int64_t>(block) <= static_cast<std::int64_t>(layout::kernel_start.value());
}
// #endregion may-be

}  // namespace pith::heap
