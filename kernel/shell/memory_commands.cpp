// What the kernel knows of memory: memory, frames, pages, heap.
#include "boot/image.hpp"
#include "frames/start.hpp"
#include "heap/start.hpp"
#include "paging/kernel_regions.hpp"
#include "shell/commands.hpp"

#include <format>

namespace pith::shell::commands {
namespace {

ByteCount bytes_of(std::uint64_t frame_count) { return {frame_count * page_bytes}; }

frames::Reservations reservations() {
    return frames::reservations_of(known_handoff(), boot::image_after_boot());
}

// Claims, whose end may wrap around: so a number, and no address.
Table memory_map() {
    Table table{"map", "The firmware's map", {{"start", "start"}, {"bytes", "size"}, {"kind", "what"}}};
    for (auto const area : known_handoff().memory_map.areas()) {
        auto const start = PhysAddr::checked(area.start);
        table.add(start ? Value{*start} : Value{std::format("{:#x}", area.start)}, ByteCount{area.size},
                  boot::name_of(area.kind));
    }
    return table;
}

Table reserved() {
    Table table{"reserved", "Reserved", {{"start", "start"}, {"bytes", "size"}, {"owner", "for"}}};
    for (auto const& reservation : reservations())
        table.add(reservation.range.start(), ByteCount{reservation.range.size()}, reservation.owner);
    return table;
}

Table zones() {
    Table table{"zones", "Zones", {{"start", "start"}, {"bytes", "size"}}};
    for (auto const& zone : frames::zones()) table.add(zone.start(), ByteCount{zone.size()});
    return table;
}

// Copies, for there is no allocating while the map is locked.
std::vector<paging::Region> kernel_regions() {
    std::vector<paging::Region> regions;
    while (true) {
        std::size_t count = 0;
        auto const add    = [&](paging::Region const& region) {
            if (++count <= regions.capacity()) regions.push_back(region);
        };
        paging::for_each_kernel_region(add);
        if (count <= regions.capacity()) return regions;
        regions.clear();
        regions.reserve(count + 8);
    }
}

}  // namespace

Answer memory(Arguments const&) {
    auto const frames = frames::totals();
    auto const heap   = heap::statistics();
    return Report{Record{"memory", "Memory"}
                      .add("usable", "usable", bytes_of(frames.all))
                      .add("free", "free", bytes_of(frames.free))
                      .add("left_out", "left out", bytes_of(frames.left_out))
                      .add("heap_used", "in use on the heap", ByteCount{heap.used_bytes})
                      .add("heap_taken", "taken by the heap", ByteCount{heap.source_bytes})
                      .add("kernel", "the kernel's image", ByteCount{boot::image_after_boot().size()})};
}

Answer frames(Arguments const&) {
    auto const now = frames::totals();
    return Report{memory_map(), reserved(), zones(),
                  Record{"frames", "Frames of 4 KiB"}
                      .add("all", "all", now.all)
                      .add("free", "free", now.free)
                      .add("in_hand", "of these in hand", now.in_hand)
                      .add("left_out", "left out", now.left_out)};
}

Answer pages(Arguments const&) {
    Table table{"pages",
                "The kernel's address space",
                {{"start", "start"},
                 {"bytes", "size"},
                 {"rights", "rights"},
                 {"memory", "memory"},
                 {"is_in_a_row", "in a row"},
                 {"owner", "what"}}};
    for (auto const& region : kernel_regions())
        table.add(region.start, ByteCount{region.bytes()}, paging::rights_of(region).view(), region.memory,
                  region.is_in_a_row, paging::owner_of(region));
    return Report{std::move(table), Note{"Rights: r read, w write, s calls write, x execute, u user, g "
                                         "global, d device, c combined writes."}};
}

Answer heap(Arguments const&) {
    auto const now = heap::statistics();
    Table classes{
        "classes",
        "Small blocks, by size",
        {{"block_bytes", "bytes"}, {"blocks", "in use"}, {"slabs", "slabs"}, {"is_aligned", "aligned"}}};
    for (std::size_t index = 0; index < heap::class_count; ++index) {
        auto const& of_class = now.classes[index];
        if (of_class.slabs != 0)
            classes.add(of_class.block_bytes, of_class.blocks, of_class.slabs,
                        heap::is_aligned(static_cast<heap::SizeClass>(index)));
    }
    return Report{std::move(classes), Record{"heap", "The heap"}
                                          .add("used_blocks", "blocks in use", now.used_blocks)
                                          .add("used", "in use", ByteCount{now.used_bytes})
                                          .add("large_blocks", "large blocks", now.large_blocks)
                                          .add("large", "in large blocks", ByteCount{now.large_bytes})
                                          .add("taken", "taken from the frames", ByteCount{now.source_bytes})
                                          .add("peak", "taken at most", ByteCount{now.peak_bytes})
                                          .add("empty_slabs", "empty slabs", now.empty_slabs)
                                          .add("unused_percent", "percent unused", now.unused_percent())};
}

}  // namespace pith::shell::commands
