#include "heap/start.hpp"

#include "console/print.hpp"
#include "frames/start.hpp"
#include "memory/direct_map.hpp"

namespace pith::heap {
namespace {

PhysAddr physical(std::byte* memory) { return PhysAddr{VirtAddr{memory} - layout::direct_map_start}; }

}  // namespace

// #region pages
constinit cpu::Locked<Heap<FramePages>> the_heap{std::in_place, FramePages{}};

std::byte* FramePages::take(std::size_t bytes, std::size_t alignment) {
    auto run = frames::take_run(bytes / page_bytes, alignment / page_bytes);
    if (!run) return nullptr;
    return physical_span<std::byte>(std::move(*run).disown().start(), bytes).data();
}

void FramePages::give(std::byte* memory, std::size_t bytes) {
    frames::give(frames::FrameRun::own(physical(memory), bytes / page_bytes));
}
// #endregion pages

bool FramePages::grow(std::byte* end, std::size_t bytes) {
    auto run = frames::take_run_at(physical(end), bytes / page_bytes);
    if (run) static_cast<void>(std::move(*run).disown());
    return run.has_value();
}

Statistics statistics() {
    return the_heap.with([](auto& heap) { return heap.statistics(); });
}

void print_statistics() {
    auto const now = statistics();
    console::println("  bytes  blocks in use  slabs");
    for (std::size_t index = 0; index < class_count; ++index) {
        auto const& of_class = now.classes[index];
        if (of_class.slabs == 0) continue;
        console::println("  {:5}  {:13}  {:5}{}", of_class.block_bytes, of_class.blocks, of_class.slabs,
                         is_aligned(static_cast<SizeClass>(index)) ? "  aligned" : "");
    }
    console::println("  large  {:13}         {} KiB", now.large_blocks, now.large_bytes / 1024);
    console::println("  {} blocks in use: {} KiB, of {} KiB taken ({} % unused)", now.used_blocks,
                     now.used_bytes / 1024, now.source_bytes / 1024, now.unused_percent());
    console::println("  {} KiB taken at most; {} slabs are empty", now.peak_bytes / 1024, now.empty_slabs);
}

}  // namespace pith::heap
