#include "frames/start.hpp"

#include "console/print.hpp"
#include "cpu/cache.hpp"
#include "cpu/mapped_register.hpp"
#include "frames/present.hpp"
#include "frames/usable_memory.hpp"
#include "log/log.hpp"
#include "memory/direct_map.hpp"

#include <algorithm>

namespace pith::frames {

constinit cpu::Locked<FrameAllocator> the_frames{std::in_place};

namespace {

using Claims = FixedVector<PhysRange, Reservations::capacity() + FrameAllocator::max_zones>;

// What became ours, each range with the memory that its chunks took.
constinit FixedVector<PhysRange, FrameAllocator::max_zones> owned;
// Frames that the last addition left out: it looked at all that was not ours.
constinit std::uint64_t left_out = 0;
// And those that the map promised it, and that are not there.
constinit std::uint64_t missing = 0;
// Chunks of the last page that was taken for them, and are not used yet.
constinit std::span<Chunk> spare_chunks;

void add(Reservations& list, PhysRange range, std::string_view owner) {
    if (range.is_empty()) return;
    require(list.try_push_back({.range = range, .owner = owner}), "there are more reservations than can be");
}

// What is not free any more: reserved, or ours already.
Claims claims(Reservations const& reserved) {
    Claims all;
    auto const claim = [&](PhysRange range) {
        require(all.try_push_back(range), "there are too many claims");
    };
    for (auto const& reservation : reserved) claim(reservation.range);
    for (auto const& range : owned) claim(range);
    return all;
}

// #region answers
// Whether what is written to this word can be read again, once it is no longer in the cache. It stays as it was.
bool keeps(VirtAddr address, std::uint32_t value) {
    cpu::MappedRegister<std::uint32_t> const word{address};
    auto const before = word.read();
    word.write(value);
    cpu::flush_cache_line(address);
    bool const is_kept = word.read() == value;
    word.write(before);
    return is_kept;
}

// Asks a page that nobody uses, by its first word and its last.
bool is_there(PhysAddr page) {
    constexpr std::uint32_t pattern   = 0x5ac3'a5b7;
    constexpr std::uint64_t last_word = page_bytes - sizeof pattern;
    auto const address                = in_direct_map(page);
    return keeps(address, pattern) && keeps(address + last_word, ~pattern);
}
// #endregion answers

// #region room
// Makes room for the chunks of `memory` at its start, if there is none left over, and takes it off. False if
// nothing would be left.
bool find_room_for_chunks(PhysRange& memory) {
    auto const needed = FrameAllocator::chunks_for(memory);
    if (needed <= spare_chunks.size()) return true;
    auto const bytes = round_up(needed * sizeof(Chunk), page_bytes);
    if (bytes >= memory.size()) return false;
    spare_chunks = physical_span<Chunk>(memory.start(), static_cast<std::size_t>(bytes / sizeof(Chunk)));
    memory       = PhysRange{memory.start() + bytes, memory.end()};
    return true;
}

bool add_zone(FrameAllocator& frames, PhysRange range) {
    auto memory = range;
    if (owned.size() == owned.capacity() || !find_room_for_chunks(memory)) return false;
    auto const count  = static_cast<std::size_t>(FrameAllocator::chunks_for(memory));
    auto const chunks = spare_chunks.first(count);
    spare_chunks      = spare_chunks.subspan(count);
    return frames.add(memory, chunks) && owned.try_push_back(range);
}
// #endregion room

}  // namespace

// #region reservations
Reservations reservations_of(boot::Handoff const& handoff, PhysRange image) {
    Reservations list;
    add(list, pc_devices, "the PC's screens and ROMs");
    add(list, image, "the kernel");
    for (auto const& range : handoff.information) add(list, range, "boot information");
    for (auto const& module : handoff.modules) add(list, module.content, "a module");
    if (handoff.framebuffer) add(list, handoff.framebuffer->memory(), "the screen");
    return list;
}
// #endregion reservations

// #region add_memory
Addition add_memory(boot::MemoryMap const& map, Reservations const& reserved, PhysAddr reach) {
    auto const done = the_frames.with([&](FrameAllocator& frames) {
        Addition addition{};
        auto const before = frames.total_count();
        auto const taken  = claims(reserved);
        auto const add    = [&](PhysRange claimed, std::size_t most_zones) {
            auto absent = claimed.size();
            for_each_present(claimed, is_there, [&](PhysRange range) {
                absent -= range.size();
                if (frames.zone_count() >= most_zones || !add_zone(frames, range))
                    addition.left_out += range.size() / page_bytes;
            });
            addition.missing += absent / page_bytes;
        };
        // Zones are limited: the large ranges get theirs first, those beyond `reach` included, which come
        // later. (At most half of all zones wait for them: there must be something to begin with.)
        FixedVector<PhysRange, FrameAllocator::max_zones> small;
        std::size_t large_and_later = 0;
        UsableMemory{map, taken.span()}.for_each([&](PhysRange range) {
            PhysRange const reached{std::min(range.start(), reach), std::min(range.end(), reach)};
            if (range.size() - reached.size() >= Chunk::bytes) ++large_and_later;
            if (reached.is_empty()) return;
            if (reached.size() >= Chunk::bytes) {
                add(reached, FrameAllocator::max_zones);
            } else if (!small.try_push_back(reached)) {
                addition.left_out += reached.size() / page_bytes;
            }
        });
        auto const waiting = std::min(large_and_later, FrameAllocator::max_zones / 2);
        for (auto const range : small) add(range, FrameAllocator::max_zones - waiting);
        addition.frames = frames.total_count() - before;
        left_out        = addition.left_out;
        missing         = addition.missing;
        return addition;
    });
    if (done.left_out != 0)
        log::keep(log::Level::warning, "frames",
                  "{} frames are left out: their ranges are too many or too small", done.left_out);
    if (done.missing != 0)
        log::keep(log::Level::warning, "frames", "{} frames that the firmware's map promises are not there",
                  done.missing);
    return done;
}
// #endregion add_memory

Addition start(boot::Handoff const& handoff) {
    return add_memory(handoff.memory_map, reservations_of(handoff, handoff.image),
                      PhysAddr{layout::boot_map_size});
}

Totals totals() {
    return the_frames.with([](FrameAllocator const& frames) {
        return Totals{.all      = frames.total_count(),
                      .free     = frames.free_count(),
                      .in_hand  = frames.in_hand_count(),
                      .left_out = left_out};
    });
}

Zones zones() {
    return the_frames.with([](FrameAllocator const& frames) {
        Zones all;
        for (std::size_t index = 0; index < frames.zone_count(); ++index)
            static_cast<void>(all.try_push_back(frames.zone(index)));  // there is room for max_zones
        return all;
    });
}

// ---- The table -------------------------------------------------------------------------------------------

namespace {

void print_range(PhysRange range, std::string_view what) {
    console::println("  {:#014x} - {:#014x} {:>12} KiB  {}", range.start().value(), range.end().value(),
                     round_up(range.size(), 1024) / 1024, what);
}

// The firmware's numbers as they are: they may not even be a range.
void print_area(boot::MemoryArea const& area) {
    console::println("  {:#014x} - {:#014x} {:>12} KiB  {}", area.start, area.start + area.size,
                     area.size / 1024, boot::name_of(area.kind));
}

}  // namespace

void print_memory(boot::MemoryMap const& map, Reservations const& reserved) {
    console::println("Memory, as the firmware describes it:");
    for (auto const area : map.areas()) print_area(area);
    console::println("In use:");
    for (auto const& reservation : reserved) print_range(reservation.range, reservation.owner);
    console::println("Free:");
    for (auto const& zone : zones()) print_range(zone, "frames");
    auto const now = totals();
    console::println("  {} frames of 4 KiB: {} MiB", now.all, now.all / 256);
    if (now.left_out != 0) console::println("  {} more are in ranges too many or too small", now.left_out);
    if (missing != 0) console::println("  {} more are promised, and not there", missing);
}

}  // namespace pith::frames
