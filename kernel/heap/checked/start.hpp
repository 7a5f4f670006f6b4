// The kernel's heap in checking mode: what operator new and delete use in a kernel that is linked so
// (pith_check_heap in cmake/Kernel.cmake). The tests' kernels are.
//
// What it finds is a panic that says what is wrong with which block, who allocated it, and who freed it.
//
// Needs:     console (backtrace, symbols), the kernel's heap.
#pragma once

#include "cpu/spinlock.hpp"
#include "heap/checked.hpp"
#include "heap/checked/watch.hpp"

namespace pith::heap {

// The kernel's plain heap, which the blocks come from.
class PlainBlocks {
public:
    void* allocate(std::size_t size, std::size_t alignment);
    void free(void* block);
    void allow(std::uintptr_t address, std::size_t size) { heap::allow(address, size); }
    void forbid(std::uintptr_t address, std::size_t size) { heap::forbid(address, size); }
};

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
extern cpu::Locked<Checked<PlainBlocks>> the_checked_heap;

// Whom the function with the frame at `frame_pointer` returns to, and so on.
Backtrace backtrace_from(void const* frame_pointer);

// Panics if a block was written where it must not be.
void check_all_blocks();

// What is in use, by who allocated it.
void print_leaks();

}  // namespace pith::heap
