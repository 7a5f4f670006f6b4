#include "heap/start.hpp"

#include "console/print.hpp"
#include "frames/start.hpp"
#include "memory/direct_map.hpp"

namespace pith::heap {

constinit cpu::Locked<Heap<FramePages>> the_heap{std::in_place, FramePages{}};

std::byte* FramePages::take(std::size_t bytes, std::size_t alignment) {
    auto run = frames::take_run(bytes / page_bytes, alignment / page_bytes);
    if (!run) return nullptr;
    return physical_span<std::byte>(std::move(*run).disown().start(), bytes).data();
}

void FramePages::give(std::byte* memory, std::size_t bytes) {
    PhysAddr const start{VirtAddr{memory} - layout::direct_map_start};
    frames::give(frames::FrameRun::own(start, bytes / page_bytes));
}

void print_statistics() {
    auto const now = the_heap.with([](auto& heap) { return heap.statistics(); });
    console::println("  bytes  blocks in use  slabs");
    for (std::size_t index = 0; index < class_count; ++index) {
        auto const& of_class = now.classes[index];
        if (of_class.slabs == 0) continue;
        console::println("  {:5}  {:13}  {:5}{}", of_class.block_bytes, of_class.blocks, of_class.slabs,
                         is_aligned(static_cast<SizeClass>(index)) ? "  aligned" : "");
    }
    console::println("  large  {:13}         {} KiB", now.large_blocks, now.large_bytes / 1024);
    console::println("  {} KiB in use, of {} KiB taken; {} KiB at most; {} slabs are empty",
                     now.used_bytes / 1024, now.source_bytes / 1024, now.peak_bytes / 1024, now.empty_slabs);
}

}  // namespace pith::heap
