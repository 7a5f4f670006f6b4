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

constinit Shadow<FramesForMarks> shadow{layout::direct_map_start.value(), FramesForMarks{}};
constinit std::atomic<unsigned> at_work = 0;

}  // namespace

void allow(std::uintptr_t address, std::size_t size) { shadow.allow(address, size); }
void forbid(std::uintptr_t address, std::size_t size) { shadow.forbid(address, size); }

std::optional<std::uintptr_t> first_forbidden(void const* memory, std::size_t size) {
    if (at_work != 0) return std::nullopt;
    return shadow.first_forbidden(std::bit_cast<std::uintptr_t>(memory), size);
}

HeapAtWork::HeapAtWork() { ++at_work; }
HeapAtWork::~HeapAtWork() { --at_work; }

}  // namespace pith::heap
