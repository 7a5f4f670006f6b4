// operator new and delete, in all their forms, on the checking heap.
//
// Reference: C++ standard, "Dynamic memory management", [new.delete].
#include "heap/checked/start.hpp"
#include "heap/no_memory.hpp"

#include <new>

namespace {

using pith::heap::Form;
using pith::heap::Freed;
using pith::heap::HeapAtWork;
using pith::heap::the_checked_heap;

// `frame` is that of the operator, whose caller it was. An alignment of 0: none was asked for.

constexpr std::align_val_t no_alignment{0};

void* try_allocate(Form form, std::size_t size, std::align_val_t alignment, void* frame) {
    auto const by = pith::heap::backtrace_from(frame);
    HeapAtWork const at_work;
    return the_checked_heap.with(
        [&](auto& heap) { return heap.allocate(size, static_cast<std::size_t>(alignment), by, form); });
}

// The same, and fails without memory. `caller` is whom the operator returns to.
void* allocate(Form form, std::size_t size, std::align_val_t alignment, void* frame, void* caller) {
    auto* const block = try_allocate(form, size, alignment, frame);
    if (block == nullptr) pith::heap::fail_without_memory(size, static_cast<std::size_t>(alignment), caller);
    return block;
}

void release(void* block, Freed as, void* frame) {
    if (block == nullptr) return;
    auto const by = pith::heap::backtrace_from(frame);
    HeapAtWork const at_work;
    the_checked_heap.with([&](auto& heap) { heap.free(block, as, by); });
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(Form::single, size, no_alignment, __builtin_frame_address(0),
                    __builtin_return_address(0));
}
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    return try_allocate(Form::single, size, no_alignment, __builtin_frame_address(0));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(Form::single, size, alignment, __builtin_frame_address(0), __builtin_return_address(0));
}
void* operator new(std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return try_allocate(Form::single, size, alignment, __builtin_frame_address(0));
}
void* operator new[](std::size_t size) {
    return allocate(Form::array, size, no_alignment, __builtin_frame_address(0), __builtin_return_address(0));
}
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept {
    return try_allocate(Form::array, size, no_alignment, __builtin_frame_address(0));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(Form::array, size, alignment, __builtin_frame_address(0), __builtin_return_address(0));
}
void* operator new[](std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    return try_allocate(Form::array, size, alignment, __builtin_frame_address(0));
}

void operator delete(void* block) noexcept {
    release(block, {.form = Form::single}, __builtin_frame_address(0));
}
void operator delete(void* block, std::nothrow_t const&) noexcept {
    release(block, {.form = Form::single}, __builtin_frame_address(0));
}
void operator delete(void* block, std::align_val_t alignment) noexcept {
    release(block, {.alignment = static_cast<std::size_t>(alignment), .form = Form::single},
            __builtin_frame_address(0));
}
void operator delete(void* block, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    release(block, {.alignment = static_cast<std::size_t>(alignment), .form = Form::single},
            __builtin_frame_address(0));
}
void operator delete(void* block, std::size_t size) noexcept {
    release(block, {.size = size, .form = Form::single}, __builtin_frame_address(0));
}
void operator delete(void* block, std::size_t size, std::align_val_t alignment) noexcept {
    release(block, {.size = size, .alignment = static_cast<std::size_t>(alignment), .form = Form::single},
            __builtin_frame_address(0));
}
void operator delete[](void* block) noexcept {
    release(block, {.form = Form::array}, __builtin_frame_address(0));
}
void operator delete[](void* block, std::nothrow_t const&) noexcept {
    release(block, {.form = Form::array}, __builtin_frame_address(0));
}
void operator delete[](void* block, std::align_val_t alignment) noexcept {
    release(block, {.alignment = static_cast<std::size_t>(alignment), .form = Form::array},
            __builtin_frame_address(0));
}
void operator delete[](void* block, std::align_val_t alignment, std::nothrow_t const&) noexcept {
    release(block, {.alignment = static_cast<std::size_t>(alignment), .form = Form::array},
            __builtin_frame_address(0));
}
void operator delete[](void* block, std::size_t size) noexcept {
    release(block, {.size = size, .form = Form::array}, __builtin_frame_address(0));
}
void operator delete[](void* block, std::size_t size, std::align_val_t alignment) noexcept {
    release(block, {.size = size, .alignment = static_cast<std::size_t>(alignment), .form = Form::array},
            __builtin_frame_address(0));
}
