// operator new and delete, as long as there is no heap: asking for memory is a failure that says so.
//
// libc++ refers to them even where they are never called. The heap's layer brings real ones, and since this
// file is a library member of its own, the linker then leaves it out.
#include "base/fail.hpp"

#include <cstddef>
#include <new>

namespace {

[[noreturn]] void no_heap(void* caller) {
    pith::fail({.message = "there is no heap: nothing can be allocated",
                .file    = {},
                .address = std::bit_cast<std::uintptr_t>(caller)});
}

}  // namespace

void* operator new(std::size_t) { no_heap(__builtin_return_address(0)); }
void operator delete(void*) noexcept { no_heap(__builtin_return_address(0)); }
void operator delete(void*, std::size_t) noexcept { no_heap(__builtin_return_address(0)); }
