// operator new and delete, in all their forms, on the kernel's heap.
//
// The plain forms do not return without memory: they fail, and say who asked for how much. The nothrow forms
// return nullptr, and the kernel goes on.
//
// Reference: C++ standard, "Dynamic memory management", [new.delete].
#include "heap/new_slowly.hpp"
#include "heap/start.hpp"

#include <new>

namespace {

using pith::heap::allocate_aligned;
using pith::heap::allocate_slowly;
using pith::heap::release_slowly;
using pith::heap::the_heap;
using pith::heap::try_allocate_aligned;
using pith::heap::try_allocate_slowly;

// The usual case is that the short way of the heap is enough. All else is a tail call: so the operators call
// nothing, and need no frame (kernel/CMakeLists.txt leaves it out), and a backtrace loses nothing by that. Nobody has a
// pointer to them, so they do not begin with an ENDBR64 either: who made one up would be stopped.

// #region quick
// nullptr if the long way has to be gone.
[[gnu::always_inline]] inline void* allocate_quickly(std::size_t size) {
    if (size > pith::heap::largest_small_block) [[unlikely]]
        return nullptr;
    return the_heap.with_at_once([&](auto& heap) { return heap.allocate_quickly(size); });
}
// #endregion quick

// #region release
// false if the long way has to be gone.
[[gnu::always_inline]] inline bool release_quickly(void* block) {
    return pith::heap::may_be_the_heaps(block) &&
           the_heap.with_at_once([&](auto& heap) { return heap.free_quickly(block); });
}
// #endregion release

}  // namespace

// #region new
void* operator new(std::size_t size) {
    if (auto* const block = allocate_quickly(size)) [[likely]]
        return block;
    [[clang::musttail]] return allocate_slowly(size);
}
// #endregion new
void* operator new[](std::size_t size) {
    if (auto* const block = allocate_quickly(size)) [[likely]]
        return block;
    [[clang::musttail]] return allocate_slowly(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate_aligned(size, alignment, __builtin_return_address(0));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate_aligned(size, alignment, __builtin_return_address(0));
}

// #region nothrow
void* operator new(std::size_t size, std::nothrow_t const& nothrow) noexcept {
    if (auto* const block = allocate_quickly(size)) [[likely]]
        return block;
    [[clang::musttail]] return try_allocate_slowly(size, nothrow);
}
// #endregion nothrow
void* operator new[](std::size_t size, std::nothrow_t const& nothrow) noexcept {
    if (auto* const block = allocate_quickly(size)) [[likely]]
        return block;
    [[clang::musttail]] return try_allocate_slowly(size, nothrow);
}
void* operator new(std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return try_allocate_aligned(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return try_allocate_aligned(size, alignment);
}

// #region delete
void operator delete(void* block) noexcept {
    if (!release_quickly(block)) [[unlikely]]
        [[clang::musttail]] return release_slowly(block);
}
// #endregion delete
void operator delete[](void* block) noexcept {
    if (!release_quickly(block)) [[unlikely]]
        [[clang::musttail]] return release_slowly(block);
}
void operator delete(void* block, std::size_t size) noexcept {
    if (!release_quickly(block)) [[unlikely]]
        [[clang::musttail]] return release_slowly(block, size);
}
void operator delete[](void* block, std::size_t size) noexcept {
    if (!release_quickly(block)) [[unlikely]]
        [[clang::musttail]] return release_slowly(block, size);
}

// The other forms are rare, and add nothing that matters here.
void operator delete(void* block, std::align_val_t) noexcept { operator delete(block); }
void operator delete[](void* block, std::align_val_t) noexcept { operator delete(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { operator delete(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { operator delete(block); }
void operator delete(void* block, std::nothrow_t const&) noexcept { operator delete(block); }
void operator delete[](void* block, std::nothrow_t const&) noexcept { operator delete(block); }
void operator delete(void* block, std::align_val_t, std::nothrow_t const&) noexcept {
    operator delete(block);
}
void operator delete[](void* block, std::align_val_t, std::nothrow_t const&) noexcept {
    operator delete(block);
}
