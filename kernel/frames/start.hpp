// The kernel's own frames: from the firmware's memory map to an allocator that has them.
//
// Needs:     boot (handoff), cpu (lock), frame_allocator, usable_memory.
// Promises:  nothing that `reserved` names is ever given out.
#pragma once

#include "boot/handoff.hpp"
#include "cpu/spinlock.hpp"
#include "frames/frame_allocator.hpp"

namespace pith::frames {

extern cpu::Locked<FrameAllocator> the_frames;

// A range that is in use, and by whom.
struct Reservation {
    PhysRange range;
    std::string_view owner;
};

// On a PC screens and ROMs are here, whatever the map says.
inline constexpr PhysRange pc_devices{PhysAddr{0xa'0000}, PhysAddr{0x10'0000}};

// These, the loader's information, the modules, the framebuffer, and of the kernel's image as much as `image`
// says.
using Reservations = FixedVector<Reservation, 3 + 4 + 2 * boot::Handoff::max_modules>;
Reservations reservations_of(boot::Handoff const& handoff, PhysRange image);

struct Addition {
    std::uint64_t frames;  // how many were added
    std::uint64_t
        left_out;  // how many were not: their ranges are too many (the small ones then), or too small
    std::uint64_t missing;  // how many the map promises, and are not there
};

// Gives the allocator what it does not have yet: all that is usable, not reserved, below `reach`, and there: a
// map's promises are tried (present.hpp). So the direct map must have it; and the memory that describes it is
// taken out of it. To give back what was reserved, or when more memory can be reached, call it again: large
// ranges beyond `reach` find zones left for them.
Addition add_memory(boot::MemoryMap const& map, Reservations const& reserved, PhysAddr reach);

// Adds what the boot map reaches.
Addition start(boot::Handoff const& handoff);

// #region take
template <PageSize Size>
[[nodiscard]] [[gnu::always_inline]] inline std::expected<Frame<Size>, TakeError> take() {
    return the_frames.with([](FrameAllocator& frames) { return frames.take<Size>(); });
}
template <PageSize Size>
[[gnu::always_inline]] inline void give(Frame<Size>&& frame) {
    the_frames.with([&](FrameAllocator& frames) { frames.give(std::move(frame)); });
}
// #endregion take
[[nodiscard]] inline std::expected<FrameRun, TakeError>
take_run(std::uint64_t count, std::uint64_t alignment = 1, PhysAddr below = FrameAllocator::highest) {
    return the_frames.with([&](FrameAllocator& frames) { return frames.take_run(count, below, alignment); });
}
[[nodiscard]] inline std::expected<FrameRun, TakeError> take_run_at(PhysAddr start, std::uint64_t count) {
    return the_frames.with([&](FrameAllocator& frames) { return frames.take_run_at(start, count); });
}
inline void give(FrameRun&& run) {
    the_frames.with([&](FrameAllocator& frames) { frames.give(std::move(run)); });
}

// What the allocator has, in frames of 4 KiB. (Copies: whoever looks at them may allocate.)
struct Totals {
    std::uint64_t all, free;
    std::uint64_t in_hand;   // of the free ones
    std::uint64_t left_out;  // usable, but in ranges too many or too small
};
Totals totals();
using Zones = FixedVector<PhysRange, FrameAllocator::max_zones>;
Zones zones();

// The firmware's map, what of it is reserved by whom, and what the allocator has, as a table.
void print_memory(boot::MemoryMap const& map, Reservations const& reserved);

}  // namespace pith::frames
