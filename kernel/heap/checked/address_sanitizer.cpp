// What clang's address sanitizer for kernels calls before each access, in kernels that are compiled with it
// (pith_sanitize_addresses in cmake/Kernel.cmake). Accesses to the heap's blocks are looked at; all others
// pass.
//
// Reference: clang documentation, "AddressSanitizer"; for the names: LLVM, AddressSanitizer.cpp.
#include "heap/checked/watch.hpp"

#include "heap/checked/start.hpp"

#include <cstring>

namespace {

// Before `size` bytes at `address` are read or written.
void check(void const* address, std::size_t size) {
    auto const forbidden = pith::heap::first_forbidden(address, size);
    if (!forbidden) return;
    pith::heap::the_checked_heap.with([&](auto& heap) { heap.report_access(*forbidden); });
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

void __asan_load1_noabort(void const* address) { check(address, 1); }
void __asan_load2_noabort(void const* address) { check(address, 2); }
void __asan_load4_noabort(void const* address) { check(address, 4); }
void __asan_load8_noabort(void const* address) { check(address, 8); }
void __asan_load16_noabort(void const* address) { check(address, 16); }
void __asan_loadN_noabort(void const* address, std::size_t size) { check(address, size); }
void __asan_store1_noabort(void const* address) { check(address, 1); }
void __asan_store2_noabort(void const* address) { check(address, 2); }
void __asan_store4_noabort(void const* address) { check(address, 4); }
void __asan_store8_noabort(void const* address) { check(address, 8); }
void __asan_store16_noabort(void const* address) { check(address, 16); }
void __asan_storeN_noabort(void const* address, std::size_t size) { check(address, size); }

void* __asan_memcpy(void* to, void const* from, std::size_t size) {
    check(from, size);
    check(to, size);
    return std::memcpy(to, from, size);
}
void* __asan_memmove(void* to, void const* from, std::size_t size) {
    check(from, size);
    check(to, size);
    return std::memmove(to, from, size);
}
void* __asan_memset(void* to, int value, std::size_t size) {
    check(to, size);
    return std::memset(to, value, size);
}

// Stacks are not looked at.
void __asan_handle_no_return() {}
