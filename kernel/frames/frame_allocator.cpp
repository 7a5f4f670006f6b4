#include "frames/frame_allocator.hpp"

#include "base/fixed_text.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <memory>
#include <ranges>

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

// `range` lies in this zone.
bool FrameAllocator::Zone::is_free(PhysRange range) const {
    for (auto start = range.start(); start < range.end();) {
        auto const index = index_of(start);
        auto const end   = std::min(part(index).end(), range.end());
        if (is_touched(index) && !chunks[index].all_free(Chunk::index_of(start), (end - start) / page_bytes))
            return false;
        start = end;
    }
    return true;
}

bool FrameAllocator::add(PhysRange memory, std::span<Chunk> chunks) {
    require(is_multiple(memory.start().value(), page_bytes) &&
                is_multiple(memory.end().value(), page_bytes) && !memory.is_empty() &&
                memory.start() != PhysAddr{},
            "a zone consists of whole pages, and has not the first");
    require(chunks.size() == chunks_for(memory), "a zone needs as many chunks as chunks_for says");
    auto* const before = zone_starting_before(memory.end());
    require(before == nullptr || before->memory.end() <= memory.start(), "this memory is in a zone already");
    auto const border = std::clamp(end_of_32_bits, memory.start(), memory.end());
    PhysRange const low{memory.start(), border}, high{border, memory.end()};
    if (low.is_empty() || high.is_empty()) {
        if (zone_count_ == max_zones) return false;
        add_zone(memory, chunks);
    } else {
        if (zone_count_ + 2 > max_zones) return false;
        auto const chunks_of_low = static_cast<std::size_t>(chunks_for(low));
        add_zone(low, chunks.first(chunks_of_low));
        add_zone(high, chunks.subspan(chunks_of_low));
    }
    return true;
}

void FrameAllocator::add_zone(PhysRange memory, std::span<Chunk> chunks) {
    auto const place =
        std::ranges::find_if(zones(), [&](Zone const& zone) { return memory.start() < zone.memory.start(); });
    ++zone_count_;
    std::move_backward(place, zones().end() - 1, zones().end());
    *place   = {.memory = memory, .chunks = chunks, .low = 0, .high = chunks.size()};
    growing_ = zone_count_;
    total_ += memory.size() / page_bytes;
    in_chunks_ += memory.size() / page_bytes;
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

template <typename Change>
decltype(auto) FrameAllocator::change(Chunk& chunk, Change&& how) {
    struct Relist {
        ChunksByRoom& list;
        Chunk& chunk;
        unsigned before;

        ~Relist() {
            auto const after = chunk.room();
            if (after == before) return;
            list.remove(chunk, before);
            list.push(chunk, after);
        }
    };
    Relist const relist{list_of(chunk), chunk, chunk.room()};
    return how(chunk);
}

// #region touch
// Chunk `index` is at the edge of what is untouched; the caller moves that edge.
Chunk& FrameAllocator::touch(Zone& zone, std::size_t index) {
    auto& chunk = *std::construct_at(&zone.chunks[index], zone.start_of(index), zone.part(index));
    list_of(chunk).push(chunk, chunk.room());
    return chunk;
}
// #endregion touch

void FrameAllocator::touch_up_to(Zone& zone, std::size_t end) {
    for (; zone.low < std::min(end, zone.high); ++zone.low) touch(zone, zone.low);
}

// The highest zone with something untouched that is within this reach; nullptr if there is none.
FrameAllocator::Zone* FrameAllocator::untouched_zone(Reach reach) {
    auto const has_some = [](Zone const& zone) { return zone.low < zone.high; };
    while (growing_ > 0 && !has_some(zones_[growing_ - 1])) --growing_;
    for (auto& zone : zones().first(growing_) | std::views::reverse) {
        if (reach_of(zone.memory.start()) == reach && has_some(zone)) return &zone;
    }
    return nullptr;
}

Chunk* FrameAllocator::touch_at(Edge edge, Reach reach) {
    auto* const zone = untouched_zone(reach);
    if (zone == nullptr) return nullptr;
    return &touch(*zone, edge == Edge::low ? zone->low++ : --zone->high);
}

// #region chunk_with
// A chunk with this room, and as little more as there is. (A zone's first and last chunk may be less than
// 2 MiB: of those that are touched for it, some have not enough.)
Chunk* FrameAllocator::chunk_with(unsigned room, Reach reach, Edge edge) {
    do {
        if (auto* const listed = list_of(reach).first_with(room)) return listed;
    } while (touch_at(edge, reach) != nullptr);
    return nullptr;
}
// #endregion chunk_with

// ---- The hand --------------------------------------------------------------------------------------------

// #region hand
// Anywhere, but above 4 GiB if that may be.
Chunk* FrameAllocator::chunk_for_singles(unsigned room) {
    for (auto const reach : reaches_highest_first) {
        if (auto* const chunk = chunk_with(room, reach, Edge::high)) return chunk;
    }
    return nullptr;
}

bool FrameAllocator::fill_hand() {
    empty_hand();
    auto* const chunk = chunk_for_singles(1);
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
// #endregion hand

// ---- Giving back -----------------------------------------------------------------------------------------

// #region give
// A frame that is not in hand, or is free there.
void FrameAllocator::give_small(PhysAddr frame) {
    if (frame.value() - hand_.start < hand_.size) fail_about(frame, free_already);
    auto const range = PhysRange::of_size(frame, page_bytes);
    give_part(zone_of(range), range);
}
// #endregion give

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

// #region give_part
// `part` lies in one chunk.
void FrameAllocator::give_part(Zone& zone, PhysRange part) {
    auto const index = zone.index_of(part.start());
    auto const first = Chunk::index_of(part.start()), count = part.size() / page_bytes;
    if (!zone.is_touched(index) || zone.chunks[index].any_free(first, count)) {
        fail_about(part.start(), free_already);
    }
    change(zone.chunks[index], [&](Chunk& chunk) { chunk.give(first, count); });
    in_chunks_ += count;
}
// #endregion give_part

// ---- 2 MiB, and runs -------------------------------------------------------------------------------------

template <>
std::expected<Frame<PageSize::mib_2>, TakeError> FrameAllocator::take() {
    constexpr auto whole = Chunk::largest_order + 1;
    auto* chunk          = chunk_for_singles(whole);
    if (chunk == nullptr) {
        empty_hand();  // what is in hand may be all that its chunk lacks
        chunk = chunk_for_singles(whole);
    }
    if (chunk == nullptr) return std::unexpected{TakeError::out_of_frames};
    change(*chunk, [](Chunk& changed) { changed.take_all(); });
    in_chunks_ -= Chunk::frames;
    return Frame<PageSize::mib_2>::own(chunk->start());
}

namespace {

// How many whole chunks a long run needs.
std::uint64_t chunks_of_run(std::uint64_t count) {
    return count / Chunk::frames + (count % Chunk::frames != 0 ? 1 : 0);
}

// A block of this order has room for so many frames, at most 512, and begins where it should.
unsigned order_for(std::uint64_t count, std::uint64_t alignment) {
    return static_cast<unsigned>(std::countr_zero(std::max(std::bit_ceil(count), alignment)));
}

}  // namespace

// The lists have all blocks. What they have not is searched if it need not be one.
bool FrameAllocator::lists_know(std::uint64_t count, PhysAddr below, std::uint64_t alignment) {
    return count == alignment && (below == highest || below == end_of_32_bits);
}

std::expected<FrameRun, TakeError> FrameAllocator::take_run(std::uint64_t count, PhysAddr below,
                                                            std::uint64_t alignment) {
    require(count > 0, "a run has at least one frame");
    require(std::has_single_bit(alignment) && alignment <= Chunk::frames,
            "a run is aligned to 1, 2, 4, ... 512 frames");
    empty_hand();
    auto start = count <= Chunk::frames ? find_block(order_for(count, alignment), below)
                                        : find_untouched_run(count, below);
    if (!start && !lists_know(count, below, alignment)) start = search(count, below, alignment);
    if (!start) return std::unexpected{TakeError::no_such_run};
    return take_found(PhysRange::of_size(*start, count * page_bytes));
}

std::expected<FrameRun, TakeError> FrameAllocator::take_run_at(PhysAddr start, std::uint64_t count) {
    empty_hand();
    auto const* const zone = zone_starting_before(start + 1);
    if (zone == nullptr || zone->memory.end() <= start || count > (zone->memory.end() - start) / page_bytes) {
        return std::unexpected{TakeError::no_such_run};
    }
    auto const range = PhysRange::of_size(start, count * page_bytes);
    if (!zone->is_free(range)) return std::unexpected{TakeError::no_such_run};
    return take_found(range);
}

std::optional<PhysAddr> FrameAllocator::find_block(unsigned order, PhysAddr below) {
    for (auto const reach : reaches_highest_first) {
        if (end_of(reach) > below) continue;
        auto* const chunk = chunk_with(order + 1, reach, Edge::low);
        if (chunk != nullptr) return chunk->start() + *chunk->find_block(order) * page_bytes;
    }
    return std::nullopt;
}

// More than a chunk: whole ones in a row, that nobody used yet.
std::optional<PhysAddr> FrameAllocator::find_untouched_run(std::uint64_t count, PhysAddr below) {
    auto const needed = chunks_of_run(count);
    for (auto const& zone : zones() | std::views::reverse) {
        if (zone.low == zone.high) continue;
        auto const first = zone.is_wholly_free(zone.low) ? zone.low : zone.low + 1;
        auto const last  = zone.is_wholly_free(zone.high - 1) ? zone.high : zone.high - 1;
        if (first + needed > last) continue;
        auto const start = zone.start_of(first);
        if (start.value() + count * page_bytes <= below.value()) return start;
    }
    return std::nullopt;
}

// ---- The slow way ----------------------------------------------------------------------------------------

std::optional<PhysAddr> FrameAllocator::search(std::uint64_t count, PhysAddr below, std::uint64_t alignment) {
    for (auto& zone : zones()) {
        auto const start = count <= Chunk::frames ? search_short(zone, count, below, alignment)
                                                  : search_long(zone, count, below);
        if (start) return start;
    }
    return std::nullopt;
}

// Inside one chunk, the lowest.
std::optional<PhysAddr> FrameAllocator::search_short(Zone& zone, std::uint64_t count, PhysAddr below,
                                                     std::uint64_t alignment) {
    for (std::size_t index = 0; index < zone.chunks.size() && zone.start_of(index) < below; ++index) {
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
std::optional<PhysAddr> FrameAllocator::search_long(Zone& zone, std::uint64_t count, PhysAddr below) {
    auto const needed  = chunks_of_run(count);
    std::size_t length = 0;
    for (std::size_t index = 0; index < zone.chunks.size() && length < needed; ++index) {
        length = zone.is_wholly_free(index) ? length + 1 : 0;
        if (length < needed) continue;
        auto const start = zone.start_of(index + 1 - needed);
        if (start.value() + count * page_bytes > below.value()) return std::nullopt;
        return start;
    }
    return std::nullopt;
}

// ---- Taking what was found -------------------------------------------------------------------------------

// All of `range` is free, and in one zone.
FrameRun FrameAllocator::take_found(PhysRange range) {
    auto& zone = zone_of(range);
    if (zone.index_of(range.start()) < zone.high)
        touch_up_to(zone, zone.index_of(PhysAddr{range.end().value() - 1}) + 1);
    for (auto start = range.start(); start < range.end();) {
        auto const index = zone.index_of(start);
        auto const end   = std::min(zone.part(index).end(), range.end());
        change(zone.chunks[index],
               [&](Chunk& chunk) { chunk.take(Chunk::index_of(start), (end - start) / page_bytes); });
        start = end;
    }
    in_chunks_ -= range.size() / page_bytes;
    return FrameRun::own(range.start(), range.size() / page_bytes);
}

}  // namespace pith::frames
