// The kernel's heap, on pages of the host, used as operator new and delete use it (kernel/heap/new_delete.cpp): the short
// way first, else the long one. Without its lock: the others have none in a single thread.
#include "allocator.hpp"
#include "heap/heap.hpp"

#include <sys/mman.h>

namespace pith::bench {
namespace {

// Runs of pages from one large reservation, which the host fills with memory when it is touched.
class HostPages {
public:
    std::byte* take(std::size_t bytes, std::size_t alignment) {
        if (bytes == heap::Slab::bytes && free_ != nullptr) return take_slab();
        if (next_ == 0) next_ = std::bit_cast<std::uintptr_t>(reserve());
        auto const start = (next_ + alignment - 1) / alignment * alignment;
        next_            = start + bytes;
        return std::bit_cast<std::byte*>(start);
    }
    void give(std::byte* memory, std::size_t bytes) {
        madvise(memory, bytes, MADV_DONTNEED);
        if (bytes != heap::Slab::bytes) return;  // nothing here is measured with large blocks
        *std::bit_cast<std::byte**>(memory) = free_;
        free_                               = memory;
    }

private:
    static void* reserve() {
        return mmap(nullptr, std::size_t{1} << 36, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    }
    std::byte* take_slab() {
        auto* const slab = free_;
        free_            = *std::bit_cast<std::byte**>(slab);
        return slab;
    }

    std::uintptr_t next_ = 0;
    std::byte* free_     = nullptr;
};

constinit heap::Heap<HostPages> the_heap{HostPages{}};

}  // namespace

void* allocate(std::size_t size) {
    if (size <= heap::largest_small_block) [[likely]] {
        if (auto* const block = the_heap.allocate_quickly(size)) [[likely]]
            return block;
    }
    return the_heap.allocate(size);
}

void release(void* block, std::size_t) {
    if (!the_heap.free_quickly(block)) [[unlikely]]
        the_heap.free(block);
}

}  // namespace pith::bench
