// The kernel's own map: what the boot map was good enough for, with the rights that things should have.
//
//   kernel_start + p   the image     .text                 read, execute
//                                    .rodata and symbols   read
//                                    .sealed               read, once all has started (seal.hpp)
//                                    .data, .bss           read, write; a hole below each stack
//                                    .shadow_stacks        read; calls write there; a hole below each
//   direct_map_start + p             frames                read, write
//                                    what the loader left  read        (where that is not among the frames)
//                                    the text screen       read, write, uncached
//                                    the framebuffer       read, write, write-combining
//
// The image is not in the direct map: nobody can write to code by its other name. Address 0 is nowhere.
//
// Needs:     boot (handoff, image), frames, address_space, protection.
// Promises:  nothing is writable and executable, and no memory is writable in one place and executable in
//            another (audit.hpp proves it).
#pragma once

#include "boot/handoff.hpp"
#include "cpu/spinlock.hpp"
#include "frames/start.hpp"
#include "paging/address_space.hpp"

namespace pith::paging {

// The kernel's allocator as page tables see it.
struct KernelFrames {
    template <PageSize Size>
    std::expected<Frame<Size>, frames::TakeError> take() {
        return frames::take<Size>();
    }
    template <PageSize Size>
    void give(Frame<Size>&& frame) {
        frames::give(std::move(frame));
    }
    void give(FrameRun&& run) { frames::give(std::move(run)); }
};
static_assert(FrameSource<KernelFrames>);

using KernelSpace = AddressSpace<DirectMapAccess>;

// Builds the map, loads it, and switches on what protects it. From here on all memory can be reached: the
// frames above 4 GiB become the allocator's, and what only boot needed. Panics if there is too little memory
// for the tables.
void start(boot::Handoff const& handoff);

// Makes the direct map have these bytes, to be read: tables that firmware left outside usable memory. What is
// there already stays as it is. False if the range lies beyond the direct map or in the kernel's image, and
// nothing is mapped; or if no frame is left for a table, and the pages before it stay.
[[nodiscard]] bool map_for_reading(PhysRange range);

// Makes the direct map have a device's registers, uncached, to be read and written. False if the range lies
// beyond the direct map, or something else is mapped there, or no frame is left for a table.
[[nodiscard]] bool map_device(PhysRange range);

// Calls `use(space, frames)` with the map that `start` made, locked.
template <typename Use>
decltype(auto) with_kernel_space(Use&& use);

// ---- Implementation --------------------------------------------------------------------------------------

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
extern cpu::Locked<std::optional<KernelSpace>> the_kernel_space;

template <typename Use>
decltype(auto) with_kernel_space(Use&& use) {
    return the_kernel_space.with([&](std::optional<KernelSpace>& space) {
        require(space.has_value(), "the kernel has no map of its own yet");
        KernelFrames frames;
        return std::forward<Use>(use)(*space, frames);
    });
}

}  // namespace pith::paging
