// What <memory_resource> leaves to the library: the resources that are always there, and the monotonic
// buffer.
//
// The pool resources are not here: the heap is such a pool itself.
//
// Reference: libc++, <__memory_resource/memory_resource.h>, <__memory_resource/monotonic_buffer_resource.h>;
//            C++ standard, "Memory resources", [mem.res].
#include "base/fail.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory_resource>
#include <new>

namespace std {
inline namespace __pith {
namespace pmr {
namespace {

class NewDeleteResource final : public memory_resource {
    void* do_allocate(size_t bytes, size_t alignment) override {
        return ::operator new(bytes, align_val_t{alignment});
    }
    void do_deallocate(void* block, size_t bytes, size_t alignment) override {
        ::operator delete(block, bytes, align_val_t{alignment});
    }
    bool do_is_equal(memory_resource const& other) const noexcept override { return this == &other; }
};

class NullResource final : public memory_resource {
    void* do_allocate(size_t, size_t) override {
        pith::fail({.message = "the null memory resource was asked for memory",
                    .file    = {},
                    .address = std::bit_cast<std::uintptr_t>(__builtin_return_address(0))});
    }
    void do_deallocate(void*, size_t, size_t) override {}
    bool do_is_equal(memory_resource const& other) const noexcept override { return this == &other; }
};

[[clang::no_destroy]] constinit NewDeleteResource of_new_and_delete;
[[clang::no_destroy]] constinit NullResource of_nothing;
constinit atomic<memory_resource*> of_default{&of_new_and_delete};

// The highest place below `end` for a block, or null if that is below `start`.
char* place_below(char* end, char* start, size_t bytes, size_t alignment) {
    auto const room = static_cast<size_t>(end - start);
    if (bytes > room) return nullptr;
    // SAFETY: because the offset is at most the room between the two.
#pragma clang unsafe_buffer_usage begin
    char* const highest = end - bytes;
    auto const skipped  = std::bit_cast<std::uintptr_t>(highest) % alignment;
    return skipped <= room - bytes ? highest - skipped : nullptr;
#pragma clang unsafe_buffer_usage end
}

}  // namespace

memory_resource::~memory_resource() = default;

memory_resource* new_delete_resource() noexcept { return &of_new_and_delete; }
memory_resource* null_memory_resource() noexcept { return &of_nothing; }
memory_resource* get_default_resource() noexcept { return of_default.load(); }
memory_resource* set_default_resource(memory_resource* resource) noexcept {
    return of_default.exchange(resource != nullptr ? resource : &of_new_and_delete);
}

void* monotonic_buffer_resource::__initial_descriptor::__try_allocate_from_chunk(size_t bytes,
                                                                                 size_t alignment) {
    if (__cur_ == nullptr) return nullptr;
    auto* const block = place_below(__cur_, __start_, bytes, alignment);
    if (block != nullptr) __cur_ = block;
    return block;
}

void* monotonic_buffer_resource::__chunk_footer::__try_allocate_from_chunk(size_t bytes, size_t alignment) {
    auto* const block = place_below(__cur_, __start_, bytes, alignment);
    if (block != nullptr) __cur_ = block;
    return block;
}

// From the buffer that was given, then from the newest chunk, then from a new one, of twice the last one's
// size. A chunk's description stands behind it.
void* monotonic_buffer_resource::do_allocate(size_t bytes, size_t alignment) {
    if (auto* const block = __initial_.__try_allocate_from_chunk(bytes, alignment)) return block;
    if (__chunks_ != nullptr) {
        if (auto* const block = __chunks_->__try_allocate_from_chunk(bytes, alignment)) return block;
    }
    auto const of_buffer = __initial_.__start_ == nullptr
                               ? __initial_.__size_
                               : static_cast<size_t>(__initial_.__end_ - __initial_.__start_);
    auto const last      = __chunks_ != nullptr ? __chunks_->__allocation_size() : of_buffer;
    auto const footer    = sizeof(__chunk_footer);
    auto const wanted    = std::max({2 * last, bytes + alignment + footer, __default_buffer_capacity});
    auto const size      = wanted / alignof(__chunk_footer) * alignof(__chunk_footer) + footer;
    auto const align     = std::max(alignment, __default_buffer_alignment);

    auto* const start = static_cast<char*>(__res_->allocate(size, align));
    // SAFETY: because the description is the last part of the chunk, whose size is a multiple of its
    // alignment.
#pragma clang unsafe_buffer_usage begin
    char* const end = start + (size - footer);
#pragma clang unsafe_buffer_usage end
    __chunks_ = ::new (end) __chunk_footer{__chunks_, start, end, align};
    return __chunks_->__try_allocate_from_chunk(bytes, alignment);
}

}  // namespace pmr
}  // namespace __pith
}  // namespace std
