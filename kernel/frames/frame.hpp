// Frames: pieces of physical memory that somebody owns.
//
// A frame is a value that moves and cannot be copied, so it has one owner at a time. The owner loses it by
// giving it to somebody else: to the allocator, to a page table. One that simply goes out of scope would be
// lost for ever; that is a bug, and fails.
//
// Needs:     memory (addresses, page sizes).
// Promises:  a Frame begins at a multiple of its size, and not at address 0.
#pragma once

#include "memory/page.hpp"
#include "memory/phys_range.hpp"

namespace pith::frames {

// `count` frames of 4 KiB in a row. A moved-from one has none.
//
// (trivial_abi: it is passed in registers, like the numbers that it consists of.)
class [[nodiscard]] [[clang::trivial_abi]] FrameRun {
public:
    // From here on whoever holds the value owns the memory. Only for who knows that nobody else does: the
    // allocator, and page tables, which keep frames as numbers.
    static constexpr FrameRun own(PhysAddr start, std::uint64_t count) { return FrameRun{start, count}; }

    constexpr FrameRun(FrameRun&& other) noexcept
        : start_{other.start_}, count_{std::exchange(other.count_, 0)} {}
    FrameRun& operator=(FrameRun&&) = delete;
    constexpr ~FrameRun() { require(count_ == 0, "frames were dropped that nobody gave back"); }

    constexpr PhysAddr start() const { return start_; }
    constexpr std::uint64_t count() const { return count_; }
    constexpr PhysRange range() const { return PhysRange::of_size(start_, count_ * page_bytes); }

    // The memory without its owner: whoever takes the range answers for it.
    constexpr PhysRange disown() && {
        require(count_ != 0, "these frames have another owner by now");
        auto const all = range();
        count_         = 0;
        return all;
    }

private:
    constexpr FrameRun(PhysAddr start, std::uint64_t count) : start_{start}, count_{count} {
        require(is_multiple(start.value(), page_bytes) && start.value() != 0 && count != 0,
                "frames in a row begin at a multiple of 4096, not at 0, and are at least one");
        // (Else 4096 times their number may be a small number again.)
        constexpr std::uint64_t highest = (std::uint64_t{1} << PhysAddr::bits) - 1;
        require(count <= (highest - start.value()) / page_bytes, "frames in a row lie in physical memory");
    }

    PhysAddr start_;
    std::uint64_t count_;
};

// #region frame
// One frame of 4 KiB or 2 MiB.
template <PageSize Size>
class [[nodiscard]] [[clang::trivial_abi]] Frame {
public:
    // As FrameRun::own.
    static constexpr Frame own(PhysAddr start) { return Frame{start}; }

    constexpr Frame(Frame&& other) noexcept : start_{std::exchange(other.start_, PhysAddr{})} {}
    Frame& operator=(Frame&&) = delete;
    constexpr ~Frame() { require(start_ == PhysAddr{}, "a frame was dropped that nobody gave back"); }

    constexpr PhysAddr start() const { return start_; }

    // As FrameRun::disown.
    constexpr PhysAddr disown() && { return std::exchange(start_, PhysAddr{}); }

private:
    constexpr explicit Frame(PhysAddr start) : start_{start} {
        require(is_multiple(start.value(), bytes_in(Size)) && start != PhysAddr{},
                "a frame begins at a multiple of its size, and not at 0");
    }

    PhysAddr start_;  // 0: moved from
};
// #endregion frame

static_assert(sizeof(Frame<PageSize::kib_4>) == 8);

}  // namespace pith::frames
