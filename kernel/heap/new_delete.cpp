// operator new and delete, in all their forms, on the kernel's heap.
//
// The plain forms do not return without memory: they fail, and say who asked for how much. The nothrow forms
// return nullptr, and the kernel goes on.
//
// Reference: C++ standard, "Dynamic memory management", [new.delete].
#include "heap/start.hpp"

#include <new>

namespace {

using pith::heap::the_heap;

void* try_allocate(std::size_t size, std::align_val_t alignment) {
    return the_heap.with(
        [&](auto& heap) { return heap.allocate(size, static_cast<std::size_t>(alignment)); });
}

using pith::heap::fail_without_memory;

// The usual case is that the short way of the heap is enough: then the heap is locked, and nothing is called.

template <typename Otherwise>
[[gnu::always_inline]] inline void* allocate(std::size_t size, Otherwise&& otherwise) {
    if (size > pith::heap::largest_small_block) [[unlikely]]
        return otherwise();
    return the_heap.with_or([&](auto& heap) { return heap.allocate_quickly(size); }, otherwise);
}

[[gnu::noinline]] void* try_allocate_slowly(std::size_t size) {
    return the_heap.with([&](auto& heap) { return heap.allocate(size); });
}

[[gnu::noinline]] void* allocate_slowly(std::size_t size, void* caller) {
    auto* const block = try_allocate_slowly(size);
    if (block == nullptr) fail_without_memory(size, caller);
    return block;
}

[[gnu::noinline]] bool release_slowly(void* block) {
    the_heap.with([&](auto& heap) { heap.free(block); });
    return true;
}

[[gnu::always_inline]] inline void release(void* block) {
    if (block == nullptr) [[unlikely]]
        return;
    the_heap.with_or([&](auto& heap) { return heap.free_quickly(block); },
                     [&] { return release_slowly(block); });
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(
        size, [&] [[gnu::always_inline]] { return allocate_slowly(size, __builtin_return_address(0)); });
}
void* operator new[](std::size_t size) {
    return allocate(
        size, [&] [[gnu::always_inline]] { return allocate_slowly(size, __builtin_return_address(0)); });
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    auto* const block = try_allocate(size, alignment);
    if (block == nullptr) fail_without_memory(size, __builtin_return_address(0));
    return block;
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    auto* const block = try_allocate(size, alignment);
    if (block == nullptr) fail_without_memory(size, __builtin_return_address(0));
    return block;
}

void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    return allocate(size, [&] { return try_allocate_slowly(size); });
}
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept {
    return allocate(size, [&] { return try_allocate_slowly(size); });
}
void* operator new(std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return try_allocate(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return try_allocate(size, alignment);
}

void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, std::nothrow_t const&) noexcept { release(block); }
void operator delete[](void* block, std::nothrow_t const&) noexcept { release(block); }
void operator delete(void* block, std::align_val_t, std::nothrow_t const&) noexcept { release(block); }
void operator delete[](void* block, std::align_val_t, std::nothrow_t const&) noexcept { release(block); }
