// The benchmark kernel of the heap: what new and delete cost, in instructions of the guest, beside a floor that
// is one list of free blocks, and checks nothing.
//
// Run by `./pith bench heap`.
#include "cpu/hidden.hpp"
#include "measure.hpp"
#include "start_memory.hpp"

#include <new>

using namespace pith;
using bench::report;
using cpu::hidden;

namespace {

// Called as functions, since the compiler may leave out a new that is followed by its delete.
struct KernelHeap {
    static void* take(std::size_t size) { return ::operator new(size); }
    static void give(void* block, std::size_t size) { ::operator delete(block, size); }
};

// Blocks of one size, and one after the other.
struct FreeList {
    struct Block {
        Block* next;
        std::array<std::byte, 56> rest;
    };
    static constinit inline std::array<Block, 1024> blocks{};
    static constinit inline Block* first = nullptr;

    static void start() {
        for (auto& block : blocks) give(&block, sizeof block);
    }
    static void* take(std::size_t) { return std::exchange(first, first->next); }
    static void give(void* memory, std::size_t) {
        auto* const block = static_cast<Block*>(memory);
        block->next       = first;
        first             = block;
    }
};

// One is taken, and given back at once.
template <typename Heap, std::size_t Size>
constexpr auto pair = [] { Heap::give(hidden(Heap::take(Size)), Size); };

// Many are taken, then all given back, in the same order.
template <typename Heap>
constexpr auto batch = [] {
    constexpr std::size_t size = 64;
    constinit static std::array<void*, 1000> held{};
    for (auto*& block : held) block = Heap::take(size);
    for (auto* const block : held) Heap::give(block, size);
};

}  // namespace

void kernel_main(boot::Start start) {
    bench::start_memory(start);
    FreeList::start();
    report("heap-pair", pair<KernelHeap, 64>);
    report("heap-pair-4096", pair<KernelHeap, 4096>);
    report("heap-pair-large", pair<KernelHeap, std::size_t{1} << 20>);
    report("heap-pair-floor", pair<FreeList, 64>);
    report<256>("heap-batch", batch<KernelHeap>);
    report<256>("heap-batch-floor", batch<FreeList>);
    bench::finish();
}
