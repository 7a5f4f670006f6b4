#include "frames/frame_allocator.hpp"

#include "base/fixed_text.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <memory>

namespace pith::frames {
namespace {

[[noreturn]] void fail_about(PhysAddr frame, std::string_view what) {
    FixedText<120> text;
    std::format_to(std::back_inserter(text), "the frame at {} {}", frame, what);
    fail(text.view());
}

constexpr std::string_view not_ours     = "was given back, but does not belong to the allocator";
constexpr std::string_view free_already = "was given back, but is free already";

}  // namespace

std::string_view explain(TakeError error) {
    switch (error) {
        case TakeError::out_of_frames: return "no frame is free";
        case TakeError::no_such_run:   return "not so many frames in a row are free";
    }
    return "unknown";
}

// ---- Zones -----------------------------------------------------------------------------------------------

PhysAddr FrameAllocator::Zone::start_of(std::size_t index) const {
    return PhysAddr{round_down(memory.start().value(), Chunk::bytes) + index * Chunk::bytes};
}

PhysRange FrameAllocator::Zone::part(std::size_t index) const {
    auto const start = start_of(index);
    return {std::max(start, memory.start()),
            PhysAddr{std::min(start.value() + Chunk::bytes, memory.end().value())}};
}

bool FrameAllocator::Zone::is_wholly_free(std::size_t index) const {
    return is_touched(index) ? chunks[index].is_whole() : part(index).size() == Chunk::bytes;
}

bool FrameAllocator::add(PhysRange memory, std::span<Chunk> chunks) {
    require(is_multiple(memory.start().value(), page_bytes) &&
                is_multiple(memory.end().value(), page_bytes) && !memory.is_empty() &&
                memory.start() != PhysAddr{},
            "a zone consists of whole pages, and has not the first");
    require(chunks.size() == chunks_for(memory), "a zone needs as many chunks as chunks_for says");
    if (zone_count_ == max_zones) return false;
    auto* const before = zone_starting_before(memory.end());
    require(before == nullptr || before->memory.end() <= memory.start(), "this memory is in a zone already");
    auto const place =
        std::ranges::find_if(zones(), [&](Zone const& zone) { return memory.start() < zone.memory.start(); });
    ++zone_count_;
    std::move_backward(place, zones().end() - 1, zones().end());
    *place   = {.memory = memory, .chunks = chunks, .low = 0, .high = chunks.size()};
    growing_ = zone_count_;
    total_ += memory.size() / page_bytes;
    in_chunks_ += memory.size() / page_bytes;
    return true;
}

// The last zone that starts below `address`.
FrameAllocator::Zone* FrameAllocator::zone_starting_before(PhysAddr address) {
    auto const behind = std::ranges::lower_bound(zones(), address, std::less{},
                                                 [](Zone const& zone) { return zone.memory.start(); });
    return behind == zones().begin() ? nullptr : &*std::prev(behind);
}

// The zone that has all of `range`. Fails if none does.
FrameAllocator::Zone& FrameAllocator::zone_of(PhysRange range) {
    auto const has_it = [&](Zone const& zone) {
        return zone.memory.start() <= range.start() && range.end() <= zone.memory.end();
    };
    if (recent_ < zone_count_ && has_it(zones_[recent_])) return zones_[recent_];
    auto* const zone = zone_starting_before(range.end());
    if (zone == nullptr || !has_it(*zone)) fail_about(range.start(), not_ours);
    recent_ = static_cast<std::size_t>(std::distance(zones_.data(), zone));
    return *zone;
}

// ---- Chunks: from untouched to listed --------------------------------------------------------------------

ChunkList* FrameAllocator::list_for(Chunk const& chunk) {
    if (chunk.is_empty()) return nullptr;
    return chunk.is_whole() ? &wholly_free_ : &partly_free_;
}

template <typename Change>
decltype(auto) FrameAllocator::change(Chunk& chunk, Change&& how) {
    struct Relist {
        FrameAllocator& allocator;
        Chunk& chunk;
        ChunkList* before;

        ~Relist() {
            auto* const after = allocator.list_for(chunk);
            if (after == before) return;
            if (before != nullptr) before->remove(chunk);
            if (after != nullptr) after->push(chunk);
        }
    };
    Relist const relist{*this, chunk, list_for(chunk)};
    return how(chunk);
}

// Chunk `index` is at the edge of what is untouched; the caller moves that edge.
Chunk& FrameAllocator::touch(Zone& zone, std::size_t index) {
    auto& chunk = *std::construct_at(&zone.chunks[index], zone.start_of(index), zone.part(index));
    list_for(chunk)->push(chunk);
    return chunk;
}

void FrameAllocator::touch_up_to(Zone& zone, std::size_t end) {
    for (; zone.low < std::min(end, zone.high); ++zone.low) touch(zone, zone.low);
}

// The highest chunk that is untouched; nullptr if there is none.
Chunk* FrameAllocator::touch_last() {
    for (; growing_ > 0; --growing_) {
        auto& zone = zones_[growing_ - 1];
        if (zone.low < zone.high) return &touch(zone, --zone.high);
    }
    return nullptr;
}

// A chunk with something free. Those that are broken into already come first.
Chunk* FrameAllocator::some_chunk() {
    if (partly_free_.first() != nullptr) return partly_free_.first();
    return wholly_free_.first() != nullptr ? wholly_free_.first() : touch_last();
}

Chunk* FrameAllocator::whole_chunk() {
    if (wholly_free_.first() != nullptr) return wholly_free_.first();
    // A zone's first and last chunk may be less than 2 MiB.
    while (auto* const chunk = touch_last()) {
        if (chunk->is_whole()) return chunk;
    }
    empty_hand();  // what is in hand may be all that its chunk lacks
    return wholly_free_.first();
}

// ---- The hand --------------------------------------------------------------------------------------------

bool FrameAllocator::fill_hand() {
    empty_hand();
    auto* const chunk = some_chunk();
    if (chunk == nullptr) return false;
    auto const word  = change(*chunk, [](Chunk& changed) { return changed.take_word(); });
    auto const base  = chunk->start() + word.index * 64 * page_bytes;
    auto const first = base + static_cast<std::uint64_t>(std::countr_zero(word.free)) * page_bytes;
    auto const ours  = zone_of(PhysRange::of_size(first, page_bytes)).memory;
    auto const start = std::max(base, ours.start()).value();
    // (As numbers: behind the last word of physical memory there is no address.)
    auto const end = std::min(base.value() + 64 * page_bytes, ours.end().value());
    hand_ = {.free = word.free, .base = base.value(), .start = start, .size = end - start, .chunk = chunk};
    in_chunks_ -= static_cast<std::uint64_t>(std::popcount(word.free));
    return true;
}

void FrameAllocator::empty_hand() {
    auto const hand = std::exchange(hand_, {});
    if (hand.free == 0) return;
    auto const index = Chunk::index_of(PhysAddr{hand.base}) / Chunk::frames_per_word;
    change(*hand.chunk, [&](Chunk& changed) { changed.give_word({index, hand.free}); });
    in_chunks_ += static_cast<std::uint64_t>(std::popcount(hand.free));
}

// ---- Giving back -----------------------------------------------------------------------------------------

// A frame that is not in hand, or is free there.
void FrameAllocator::give_small(PhysAddr frame) {
    if (frame.value() - hand_.start < hand_.size) fail_about(frame, free_already);
    auto const range = PhysRange::of_size(frame, page_bytes);
    give_part(zone_of(range), range);
}

// Zones that touch may share a run: who unmaps pages gives back what lies in a row.
void FrameAllocator::give_range(PhysRange range) {
    if (hand_.overlaps(range)) empty_hand();
    for (auto start = range.start(); start < range.end();) {
        auto& zone = zone_of(PhysRange::of_size(start, page_bytes));
        PhysAddr const end{std::min({round_down(start.value(), Chunk::bytes) + Chunk::bytes,
                                     zone.memory.end().value(), range.end().value()})};
        give_part(zone, {start, end});
        start = end;
    }
}

// `part` lies in one chunk.
void FrameAllocator::give_part(Zone& zone, PhysRange part) {
    auto const index = (part.start() - zone.start_of(0)) / Chunk::bytes;
    auto const first = Chunk::index_of(part.start()), count = part.size() / page_bytes;
    if (!zone.is_touched(index) || zone.chunks[index].any_free(first, count)) {
        fail_about(part.start(), free_already);
    }
    change(zone.chunks[index], [&](Chunk& chunk) { chunk.give(first, count); });
    zone.full = std::min<std::size_t>(zone.full, index);
    in_chunks_ += count;
}

// ---- 2 MiB, and runs -------------------------------------------------------------------------------------

template <>
std::expected<Frame<PageSize::mib_2>, TakeError> FrameAllocator::take() {
    auto* const chunk = whole_chunk();
    if (chunk == nullptr) return std::unexpected{TakeError::out_of_frames};
    change(*chunk, [](Chunk& changed) { changed.take(0, Chunk::frames); });
    in_chunks_ -= Chunk::frames;
    return Frame<PageSize::mib_2>::own(chunk->start());
}

std::expected<FrameRun, TakeError> FrameAllocator::take_run(std::uint64_t count, PhysAddr below,
                                                            std::uint64_t alignment) {
    require(count > 0, "a run has at least one frame");
    require(std::has_single_bit(alignment) && alignment <= Chunk::frames,
            "a run is aligned to 1, 2, 4, ... 512 frames");
    empty_hand();
    for (auto& zone : zones()) {
        auto const start = count <= Chunk::frames ? find_short_run(zone, count, below, alignment)
                                                  : find_long_run(zone, count, below);
        if (!start) continue;
        take_range(zone, PhysRange::of_size(*start, count * page_bytes));
        return FrameRun::own(*start, count);
    }
    return std::unexpected{TakeError::no_such_run};
}

// Full chunks gather at the bottom of a zone, for runs come from there: they need not be looked at each time.
std::size_t FrameAllocator::first_with_room(Zone& zone) {
    while (zone.full < zone.chunks.size() && zone.is_touched(zone.full) &&
           zone.chunks[zone.full].is_empty()) {
        ++zone.full;
    }
    return zone.full;
}

// Inside one chunk. The lowest: single frames come from the top.
std::optional<PhysAddr> FrameAllocator::find_short_run(Zone& zone, std::uint64_t count, PhysAddr below,
                                                       std::uint64_t alignment) {
    for (auto index = first_with_room(zone); index < zone.chunks.size() && zone.start_of(index) < below;
         ++index) {
        touch_up_to(zone, index + 1);
        auto const& chunk = zone.chunks[index];
        auto const run    = chunk.find_run(count, alignment);
        if (!run) continue;
        auto const start = chunk.start() + *run * page_bytes;
        if (start.value() + count * page_bytes <= below.value()) return start;
    }
    return std::nullopt;
}

// Whole chunks in a row.
std::optional<PhysAddr> FrameAllocator::find_long_run(Zone& zone, std::uint64_t count, PhysAddr below) {
    auto const needed  = count / Chunk::frames + (count % Chunk::frames != 0 ? 1 : 0);
    std::size_t length = 0;
    for (std::size_t index = 0; index < zone.chunks.size() && length < needed; ++index) {
        length = zone.is_wholly_free(index) ? length + 1 : 0;
        if (length < needed) continue;
        auto const start = zone.start_of(index + 1 - needed);
        if (start.value() + count * page_bytes > below.value()) return std::nullopt;
        touch_up_to(zone, index + 1);
        return start;
    }
    return std::nullopt;
}

// All of `range` is free.
void FrameAllocator::take_range(Zone& zone, PhysRange range) {
    for (auto start = range.start(); start < range.end();) {
        auto const index = (start - zone.start_of(0)) / Chunk::bytes;
        auto const end   = std::min(zone.part(index).end(), range.end());
        change(zone.chunks[index],
               [&](Chunk& chunk) { chunk.take(Chunk::index_of(start), (end - start) / page_bytes); });
        start = end;
    }
    in_chunks_ -= range.size() / page_bytes;
}

}  // namespace pith::frames
