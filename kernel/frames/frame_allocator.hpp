// Who has which frame: gives them out and takes them back, in a time that does not depend on how many there
// are.
//
//   zone      a range of memory that belongs to the allocator            zones are few, and sorted
//    +- chunk 2 MiB of it, a bit a frame (chunk.hpp)                     in a list: by how large a block is
//    |                                                                   free, for each reach
//        +- word      64 frames
//
//   the word in hand: 64 frames that were taken out of their chunk. From there single frames come, and there
//   they go back if they fit. Only an empty hand goes to the lists.
//
//   +---------+--------------------------------------+------------------+
//   | in use  | untouched: nobody has written there, |           in use |   a zone
//   +---------+ nor to the chunks that describe it   +------------------+
//    -> runs                                               single frames <-
//
// So a zone of any size is added in the same time, and the memory for its chunks is first touched when the
// frames are.
//
// Memory below 4 GiB is used last, for there are devices that reach no other.
//
// For several processors, each gets a hand of its own, and the lists a lock: nothing of that shows outside.
//
// Needs:     memory (addresses), chunk, frame.
// Promises:  no frame is given out twice. One that comes back twice, or that is not ours, is found at once,
//            and fails. In constant time (at most max_zones steps to find a zone) come and go single frames,
//            those of 2 MiB, and runs of up to 512, as long as a block (chunk.hpp) has room for them.
//            Who asks for more than 512, for an odd number when no block has room, or for memory below some
//            other limit than 4 GiB, may have to wait for a search through the chunks.
// Reference: Wrenger et al., "LLFree: Scalable and Optionally-Persistent Page-Frame Allocation", USENIX ATC
//            '23, from which come the chunks of 512 bits, and the thought to reserve a piece for each
//            processor. Knowlton, "A Fast Storage Allocator", CACM 1965: the blocks ("buddies").
#pragma once

#include "frames/chunk_list.hpp"

#include <expected>
#include <span>

namespace pith::frames {

enum class TakeError : std::uint8_t {
    out_of_frames,  // none of that size is free
    no_such_run,    // so many in a row are not free below that address
};

std::string_view explain(TakeError error);

class FrameAllocator {
public:
    static constexpr std::size_t max_zones = 128;
    static constexpr PhysAddr highest{(std::uint64_t{1} << PhysAddr::bits) - 1};

    constexpr FrameAllocator()                       = default;
    FrameAllocator(FrameAllocator const&)            = delete;
    FrameAllocator& operator=(FrameAllocator const&) = delete;

    // How many chunks describe this memory.
    static constexpr std::uint64_t chunks_for(PhysRange memory) {
        return (memory.end().value() - 1) / Chunk::bytes - memory.start().value() / Chunk::bytes + 1;
    }

    // Owns `memory` from here on: whole pages that nobody else uses. `chunks` are as many as chunks_for says,
    // of any content. What reaches over 4 GiB becomes two zones. False, and nothing is done, if there would
    // be more than max_zones.
    [[nodiscard]] bool add(PhysRange memory, std::span<Chunk> chunks);

    template <PageSize Size>
    [[nodiscard]] std::expected<Frame<Size>, TakeError> take();
    // `count` frames in a row that end at or below `below`, and begin at a multiple of `alignment` frames: a
    // power of two, at most 512. Up to 512 frames lie in one piece of 2 MiB; more begin at one.
    [[nodiscard]] std::expected<FrameRun, TakeError> take_run(std::uint64_t count, PhysAddr below = highest,
                                                              std::uint64_t alignment = 1);

    // The `count` frames from `start` on, if all are free and in one zone: what is behind a run, and makes it
    // longer.
    [[nodiscard]] std::expected<FrameRun, TakeError> take_run_at(PhysAddr start, std::uint64_t count);

    // Fails if the frame is not ours, or is free already.
    template <PageSize Size>
    void give(Frame<Size>&& frame);
    void give(FrameRun&& run) { give_range(std::move(run).disown()); }

    // In frames of 4 KiB.
    std::uint64_t free_count() const { return in_chunks_ + in_hand_count(); }
    std::uint64_t total_count() const { return total_; }
    // Those of the free ones that come next.
    std::uint64_t in_hand_count() const { return static_cast<std::uint64_t>(std::popcount(hand_.free)); }

    std::size_t zone_count() const { return zone_count_; }
    PhysRange zone(std::size_t index) const { return zones().subspan(index, 1).front().memory; }

private:
    // Who can reach a chunk: every device, or only those with more than 32 address bits.
    enum class Reach : std::uint8_t { all_devices, large_addresses };
    static constexpr PhysAddr end_of_32_bits{std::uint64_t{1} << 32};
    static constexpr std::array reaches_highest_first{Reach::large_addresses, Reach::all_devices};
    static constexpr Reach reach_of(PhysAddr address) {
        return address < end_of_32_bits ? Reach::all_devices : Reach::large_addresses;
    }

    static constexpr PhysAddr end_of(Reach reach) {
        return reach == Reach::all_devices ? end_of_32_bits : highest;
    }

    // Of what is untouched: runs come from the low edge, all else from the high.
    enum class Edge : std::uint8_t { low, high };

    struct Zone {
        PhysRange memory;
        std::span<Chunk> chunks;
        std::size_t low = 0, high = 0;  // chunks [low, high) are untouched

        PhysAddr start_of(std::size_t index) const;
        std::size_t index_of(PhysAddr address) const { return (address - start_of(0)) / Chunk::bytes; }
        // What of the zone's memory lies in this chunk's 2 MiB.
        PhysRange part(std::size_t index) const;
        bool is_touched(std::size_t index) const { return index < low || index >= high; }
        bool is_wholly_free(std::size_t index) const;
        bool is_free(PhysRange part) const;
    };

    // #region hand
    struct Hand {
        std::uint64_t free  = 0;            // bit n: the frame at base + n * 4096 is free
        std::uint64_t base  = 0;            // a multiple of 64 frames
        std::uint64_t start = 0, size = 0;  // which of these bytes are the zone's
        Chunk* chunk = nullptr;

        bool overlaps(PhysRange range) const {
            return range.start().value() < start + size && start < range.end().value();
        }
    };
    // #endregion hand

    void add_zone(PhysRange memory, std::span<Chunk> chunks);
    std::span<Zone> zones() { return std::span{zones_}.first(zone_count_); }
    std::span<Zone const> zones() const { return std::span{zones_}.first(zone_count_); }
    Zone& zone_of(PhysRange range);
    Zone* zone_starting_before(PhysAddr address);

    void give_small(PhysAddr frame);
    void give_range(PhysRange range);
    void give_part(Zone& zone, PhysRange part);
    bool fill_hand();
    void empty_hand();

    Chunk* chunk_for_singles(unsigned room);
    Chunk* chunk_with(unsigned room, Reach reach, Edge edge);
    Zone* untouched_zone(Reach reach);
    Chunk* touch_at(Edge edge, Reach reach);
    Chunk& touch(Zone& zone, std::size_t index);
    void touch_up_to(Zone& zone, std::size_t end);

    static bool lists_know(std::uint64_t count, PhysAddr below, std::uint64_t alignment);
    std::optional<PhysAddr> find_block(unsigned order, PhysAddr below);
    std::optional<PhysAddr> find_untouched_run(std::uint64_t count, PhysAddr below);
    std::optional<PhysAddr> search(std::uint64_t count, PhysAddr below, std::uint64_t alignment);
    std::optional<PhysAddr> search_short(Zone& zone, std::uint64_t count, PhysAddr below,
                                         std::uint64_t alignment);
    std::optional<PhysAddr> search_long(Zone& zone, std::uint64_t count, PhysAddr below);
    FrameRun take_found(PhysRange range);

    ChunksByRoom& list_of(Chunk const& chunk) {
        return lists_[static_cast<std::size_t>(reach_of(chunk.start()))];
    }
    ChunksByRoom const& list_of(Reach reach) const { return lists_[static_cast<std::size_t>(reach)]; }
    // Changes the chunk, and puts it into the list where it belongs afterwards.
    template <typename Change>
    decltype(auto) change(Chunk& chunk, Change&& how);

    Hand hand_;
    std::uint64_t in_chunks_ = 0, total_ = 0;
    std::array<ChunksByRoom, reaches_highest_first.size()> lists_;
    std::array<Zone, max_zones> zones_{};
    std::size_t zone_count_ = 0;
    std::size_t growing_    = 0;  // zones from here on have nothing untouched
    std::size_t recent_     = 0;  // where a frame was given back last
};

// ---- The short way ---------------------------------------------------------------------------------------

// #region short
template <>
[[nodiscard]] inline std::expected<Frame<PageSize::kib_4>, TakeError> FrameAllocator::take() {
    if (hand_.free == 0) [[unlikely]] {
        if (!fill_hand()) return std::unexpected{TakeError::out_of_frames};
    }
    // fill_hand sees to it; without saying so, a third of what follows would ask again.
    [[assume(hand_.free != 0 && hand_.base % (64 * page_bytes) == 0 && hand_.base >> PhysAddr::bits == 0)]];
    auto const bit = static_cast<std::uint64_t>(std::countr_zero(hand_.free));
    hand_.free &= ~(std::uint64_t{1} << bit);
    auto const address = hand_.base + bit * page_bytes;
    [[assume(address != 0)]];  // no zone has the first page
    return Frame<PageSize::kib_4>::own(PhysAddr{address});
}

template <>
inline void FrameAllocator::give(Frame<PageSize::kib_4>&& frame) {
    auto const address = std::move(frame).disown();
    auto const bit     = std::uint64_t{1} << (address.value() / page_bytes % 64);
    if (address.value() - hand_.start >= hand_.size || (hand_.free & bit) != 0) [[unlikely]] {
        give_small(address);
        return;
    }
    hand_.free |= bit;
}
// #endregion short

template <>
[[nodiscard]] std::expected<Frame<PageSize::mib_2>, TakeError> FrameAllocator::take();
template <>
inline void FrameAllocator::give(Frame<PageSize::mib_2>&& frame) {
    give_range(PhysRange::of_size(std::move(frame).disown(), Chunk::bytes));
}

}  // namespace pith::frames
