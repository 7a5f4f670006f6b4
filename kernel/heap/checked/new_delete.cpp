// operator new and delete, in all their forms, on the checking heap.
//
// Reference: C++ standard, "Dynamic memory management", [new.delete].
#include "heap/checked/start.hpp"
#include "heap/no_memory.hpp"

#include <new>

namespace {

using pith::heap::Freed;
using pith::heap::HeapAtWork;
using pith::heap::the_checked_heap;

// `frame` is that of the operator, whose caller it was.

void* try_allocate(std::size_t size, std::align_val_t alignment, void* frame) {
    auto const by = pith::heap::backtrace_from(frame);
    HeapAtWork const at_work;
    return the_checked_heap.with(
        [&](auto& heap) { return heap.allocate(size, static_cast<std::size_t>(alignment), by); });
}
void* try_allocate(std::size_t size, void* frame) { return try_allocate(size, std::align_val_t{0}, frame); }

void* insist(void* block, std::size_t size, void* caller) {
    if (block == nullptr) pith::heap::fail_without_memory(size, caller);
    return block;
}

void release(void* block, Freed as, void* frame) {
    if (block == nullptr) return;
    auto const by = pith::heap::backtrace_from(frame);
    HeapAtWork const at_work;
    the_checked_heap.with([&](auto& heap) { heap.free(block, as, by); });
}
void release(void* block, std::align_val_t alignment, void* frame) {
    release(block, Freed{.alignment = static_cast<std::size_t>(alignment)}, frame);
}
void release(void* block, std::size_t size, std::align_val_t alignment, void* frame) {
    release(block, Freed{.size = size, .alignment = static_cast<std::size_t>(alignment)}, frame);
}

}  // namespace

void* operator new(std::size_t size) {
    return insist(try_allocate(size, __builtin_frame_address(0)), size, __builtin_return_address(0));
}
void* operator new[](std::size_t size) {
    return insist(try_allocate(size, __builtin_frame_address(0)), size, __builtin_return_address(0));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return insist(try_allocate(size, alignment, __builtin_frame_address(0)), size,
                  __builtin_return_address(0));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return insist(try_allocate(size, alignment, __builtin_frame_address(0)), size,
                  __builtin_return_address(0));
}

void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    return try_allocate(size, __builtin_frame_address(0));
}
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept {
    return try_allocate(size, __builtin_frame_address(0));
}
void* operator new(std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return try_allocate(size, alignment, __builtin_frame_address(0));
}
void* operator new[](std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return try_allocate(size, alignment, __builtin_frame_address(0));
}

void operator delete(void* block) noexcept { release(block, Freed{}, __builtin_frame_address(0)); }
void operator delete[](void* block) noexcept { release(block, Freed{}, __builtin_frame_address(0)); }
void operator delete(void* block, std::size_t size) noexcept {
    release(block, Freed{.size = size}, __builtin_frame_address(0));
}
void operator delete[](void* block, std::size_t size) noexcept {
    release(block, Freed{.size = size}, __builtin_frame_address(0));
}
void operator delete(void* block, std::align_val_t alignment) noexcept {
    release(block, alignment, __builtin_frame_address(0));
}
void operator delete[](void* block, std::align_val_t alignment) noexcept {
    release(block, alignment, __builtin_frame_address(0));
}
void operator delete(void* block, std::size_t size, std::align_val_t alignment) noexcept {
    release(block, size, alignment, __builtin_frame_address(0));
}
void operator delete[](void* block, std::size_t size, std::align_val_t alignment) noexcept {
    release(block, size, alignment, __builtin_frame_address(0));
}
void operator delete(void* block, std::nothrow_t const&) noexcept {
    release(block, Freed{}, __builtin_frame_address(0));
}
void operator delete[](void* block, std::nothrow_t const&) noexcept {
    release(block, Freed{}, __builtin_frame_address(0));
}
void operator delete(void* block, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    release(block, alignment, __builtin_frame_address(0));
}
void operator delete[](void* block, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    release(block, alignment, __builtin_frame_address(0));
}
