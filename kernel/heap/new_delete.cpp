// operator new and delete, in all their forms, on the kernel's heap.
//
// The plain forms do not return without memory: they fail, and say who asked for how much. The nothrow forms
// return nullptr, and the kernel goes on.
//
// Reference: C++ standard, "Dynamic memory management", [new.delete].
#include "heap/no_memory.hpp"
#include "heap/start.hpp"
#include "memory/layout.hpp"

#include <bit>
#include <new>

namespace {

using pith::heap::fail_without_memory;
using pith::heap::the_heap;

void* try_allocate(std::size_t size, std::align_val_t alignment) {
    return the_heap.with(
        [&](auto& heap) { return heap.allocate(size, static_cast<std::size_t>(alignment)); });
}

// The usual case is that the short way of the heap is enough. All else is a tail call: so the operators call
// nothing, and need no frame (kernel/CMakeLists.txt leaves it out), and a backtrace loses nothing by that.

// #region quick
// nullptr if the long way has to be gone.
[[gnu::always_inline]] inline void* allocate_quickly(std::size_t size) {
    if (size > pith::heap::largest_small_block) [[unlikely]]
        return nullptr;
    return the_heap.with_at_once([&](auto& heap) { return heap.allocate_quickly(size); });
}
// #endregion quick

[[gnu::noinline]] void* try_allocate_slowly(std::size_t size, std::nothrow_t const&) {
    return the_heap.with([&](auto& heap) { return heap.allocate(size); });
}

// #region slow
[[gnu::noinline]] void* allocate_slowly(std::size_t size) {
    auto* const block = try_allocate_slowly(size, std::nothrow);
    if (block == nullptr) fail_without_memory(size, 0, __builtin_return_address(0));
    return block;
}
// #endregion slow

// #region release
// Not null, not in the half for programs, not in the image: only there may a slab be looked for. It is one
// comparison, of numbers with a sign: only the kernel's half is negative, and the image is at its end.
[[gnu::always_inline]] inline bool may_be_the_heaps(void const* block) {
    return std::bit_cast<std::int64_t>(block) <=
           static_cast<std::int64_t>(pith::layout::kernel_start.value());
}

// false if the long way has to be gone.
[[gnu::always_inline]] inline bool release_quickly(void* block) {
    return may_be_the_heaps(block) &&
           the_heap.with_at_once([&](auto& heap) { return heap.free_quickly(block); });
}

// What delete is told beside the block does not matter here.
template <typename... Told>
[[gnu::noinline]] void release_slowly(void* block, Told...) {
    if (block == nullptr) return;
    pith::require(may_be_the_heaps(block), "memory was freed that does not belong to the heap");
    the_heap.with([&](auto& heap) { heap.free(block); });
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
    auto* const block = try_allocate(size, alignment);
    if (block == nullptr)
        fail_without_memory(size, static_cast<std::size_t>(alignment), __builtin_return_address(0));
    return block;
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    auto* const block = try_allocate(size, alignment);
    if (block == nullptr)
        fail_without_memory(size, static_cast<std::size_t>(alignment), __builtin_return_address(0));
    return block;
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
    return try_allocate(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return try_allocate(size, alignment);
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
