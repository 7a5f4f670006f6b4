#include "heap/checked/watch.hpp"

#include "frames/start.hpp"
#include "heap/checked/shadow.hpp"
#include "memory/direct_map.hpp"

#include <atomic>

namespace pith::heap {
namespace {

struct FramesForMarks {
    std::span<std::uint8_t> take() {
        auto run = frames::take_run(marks_at_once / page_bytes, 1);
        if (!run) return {};
        return physical_span<std::uint8_t>(std::move(*run).disown().start(), marks_at_once);
    }
};

// By physical addresses: where the direct map begins is not known before the kernel runs.
constinit Shadow<FramesForMarks> shadow{0, FramesForMarks{}};
constinit std::atomic<unsigned> at_work = 0;

std::uintptr_t physical(std::uintptr_t address) { return address - layout::direct_map_start.value(); }

}  // namespace

void allow(std::uintptr_t address, std::size_t size) { shadow.allow(physical(address), size); }
void forbid(std::uintptr_t address, std::size_t size) { shadow.forbid(physical(address), size); }

std::optional<std::uintptr_t> first_forbidden(void const* memory, std::size_t size) {
    if (at_work != 0) return std::nullopt;
    auto const found = shadow.first_forbidden(physical(std::bit_cast<std::uintptr_t>(memory)), size);
    return found.transform([](std::uintptr_t address) { return address + layout::direct_map_start.value(); });
}

HeapAtWork::HeapAtWork() { ++at_work; }
HeapAtWork::~HeapAtWork() { --at_work; }

}  // namespace pith::heap
