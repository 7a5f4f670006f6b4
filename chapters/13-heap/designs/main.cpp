// Chapter 13: three simple heaps, each with 64 KiB, and what defeats it.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "heap/designs/bump.hpp"
#include "heap/designs/fixed_size.hpp"
#include "heap/designs/linked_list.hpp"
#include "heap/resource.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <map>
#include <string>
#include <vector>

using namespace pith;
using console::println;

namespace {

struct alignas(4096) Memory {
    std::array<std::byte, 65'536> bytes{};
};
constinit Memory memory{};

std::string_view outcome(void const* block) { return block == nullptr ? "no room" : "there is room"; }

// #region bump
// As often as it goes, but not for ever.
template <typename Heap>
unsigned come_and_go(Heap& heap) {
    unsigned rounds = 0;
    while (rounds < 1'000'000) {
        auto* const block = heap.allocate(64, 16);
        if (block == nullptr) break;
        heap.free(block);
        ++rounds;
    }
    return rounds;
}

void defeat_bump() {
    heap::Bump heap{memory.bytes};
    println("an edge that moves on:");
    println("  64 bytes come and go:        {} times", come_and_go(heap));
    static_cast<void>(heap.allocate(1, 1));
    println("  beside one byte that stays:  {} times", come_and_go(heap));
}
// #endregion bump

// #region list
void defeat_list() {
    heap::LinkedList heap{memory.bytes};
    std::vector<void*> blocks;
    while (auto* const block = heap.allocate(16, 16)) blocks.push_back(block);
    for (std::size_t index = 0; index < blocks.size(); index += 2) heap.free(blocks[index], 16);
    println("a list of holes:");
    println("  every second block of 16 bytes is free: {} holes, 32 KiB in all", heap.hole_count());
    println("  16 bytes: {}", outcome(heap.allocate(16, 16)));
    println("  32 bytes: {}, after a look at all {} holes", outcome(heap.allocate(32, 16)),
            heap.hole_count());
}
// #endregion list

// #region fixed
void defeat_fixed_sizes() {
    heap::FixedSize heap{memory.bytes};
    std::vector<void*> blocks;
    while (auto* const block = heap.allocate(16, 16)) blocks.push_back(block);
    for (auto* const block : blocks) heap.free(block, 16, 16);
    println("a list for each of few sizes:");
    println("  {} blocks of 16 bytes came back: all 64 KiB are free", blocks.size());
    println("  16 bytes: {}", outcome(heap.allocate(16, 16)));
    println("  32 bytes: {}", outcome(heap.allocate(32, 16)));
}
// #endregion fixed

// #region resource
// The library's containers, on a list of holes.
void use_a_resource() {
    heap::LinkedList list{memory.bytes};
    heap::Resource resource{list};
    std::pmr::map<std::pmr::string, int> ages{&resource};
    ages["a string that is too long to lie within itself"] = 41;
    ++ages["a string that is too long to lie within itself"];
    println("a map on a list of holes: {} entry, {}", ages.size(), ages.begin()->second);
}
// #endregion resource

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);

    defeat_bump();
    defeat_list();
    defeat_fixed_sizes();
    use_a_resource();
    cpu::halt_forever();
}
