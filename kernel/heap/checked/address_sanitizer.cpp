// What clang's address sanitizer for kernels calls before each access, in kernels that are compiled with it
// (pith_sanitize_addresses in cmake/Kernel.cmake). Accesses to the heap's blocks are looked at; those to stacks and
// globals in kernels that are compiled so as a whole, with their layers (sanitized/); all others pass.
//
// Reference: clang documentation, "AddressSanitizer"; for the names: LLVM, AddressSanitizer.cpp.
#include "heap/checked/watch.hpp"

#include "heap/checked/image_watch.hpp"
#include "heap/checked/start.hpp"
#include "memory/layout.hpp"

#include <cstring>

namespace {

using Form = pith::heap::ImageAccess::Form;

// Before `size` bytes at `address` are read or written by whom the caller returns to.
[[gnu::always_inline]] inline void check(void const* address, std::size_t size, Form form) {
    auto const number = std::bit_cast<std::uintptr_t>(address);
    if (number >= pith::layout::kernel_start.value()) {
        auto const by = std::bit_cast<std::uintptr_t>(__builtin_return_address(0));
        if (pith::heap::check_image_access != nullptr)
            pith::heap::check_image_access({.address = number, .size = size, .form = form, .by = by});
    } else if (auto const forbidden = pith::heap::first_forbidden(address, size)) {
        pith::heap::the_checked_heap.with([&](auto& heap) { heap.report_access(*forbidden); });
    }
}

}  // namespace

// The compiler calls these by name; no header declares them. "noabort": they may return.
extern "C" {
void __asan_load1_noabort(void const* address);
void __asan_load2_noabort(void const* address);
void __asan_load4_noabort(void const* address);
void __asan_load8_noabort(void const* address);
void __asan_load16_noabort(void const* address);
void __asan_loadN_noabort(void const* address, std::size_t size);
void __asan_store1_noabort(void const* address);
void __asan_store2_noabort(void const* address);
void __asan_store4_noabort(void const* address);
void __asan_store8_noabort(void const* address);
void __asan_store16_noabort(void const* address);
void __asan_storeN_noabort(void const* address, std::size_t size);
void* __asan_memcpy(void* to, void const* from, std::size_t size);
void* __asan_memmove(void* to, void const* from, std::size_t size);
void* __asan_memset(void* to, int value, std::size_t size);
void __asan_handle_no_return();
}

void __asan_load1_noabort(void const* address) { check(address, 1, Form::read); }
void __asan_load2_noabort(void const* address) { check(address, 2, Form::read); }
void __asan_load4_noabort(void const* address) { check(address, 4, Form::read); }
void __asan_load8_noabort(void const* address) { check(address, 8, Form::read); }
void __asan_load16_noabort(void const* address) { check(address, 16, Form::read); }
void __asan_loadN_noabort(void const* address, std::size_t size) { check(address, size, Form::read); }
void __asan_store1_noabort(void const* address) { check(address, 1, Form::write); }
void __asan_store2_noabort(void const* address) { check(address, 2, Form::write); }
void __asan_store4_noabort(void const* address) { check(address, 4, Form::write); }
void __asan_store8_noabort(void const* address) { check(address, 8, Form::write); }
void __asan_store16_noabort(void const* address) { check(address, 16, Form::write); }
void __asan_storeN_noabort(void const* address, std::size_t size) { check(address, size, Form::write); }

void* __asan_memcpy(void* to, void const* from, std::size_t size) {
    check(from, size, Form::read);
    check(to, size, Form::write);
    return std::memcpy(to, from, size);
}
void* __asan_memmove(void* to, void const* from, std::size_t size) {
    check(from, size, Form::read);
    check(to, size, Form::write);
    return std::memmove(to, from, size);
}
void* __asan_memset(void* to, int value, std::size_t size) {
    check(to, size, Form::write);
    return std::memset(to, value, size);
}

// Before a function is called that does not return: the frames up to here are left without being cleaned up.
void __asan_handle_no_return() {
    if (pith::heap::forget_stack_from != nullptr)
        pith::heap::forget_stack_from(std::bit_cast<std::uintptr_t>(__builtin_frame_address(0)));
}
