#include "paging/kernel_map.hpp"

#include "boot/image.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/stacks.hpp"
#include "frames/usable_memory.hpp"
#include "paging/protection.hpp"

namespace pith::paging {

constinit cpu::Locked<std::optional<KernelSpace>> the_kernel_space{std::in_place};

namespace {

constexpr Rights code{.access = Access::read_execute}, constant{.access = Access::read},
    data{.access = Access::read_write}, device{.access = Access::read_write, .caching = Caching::uncached};

// What the direct map has room for: up to the kernel's image, a whole number of level 4 entries.
constexpr PhysAddr end_of_direct_map{std::uint64_t{64} << 40};

PhysRange whole_pages_around(PhysRange range) {
    return {PhysAddr{round_down(range.start().value(), page_bytes)},
            PhysAddr{round_up(range.end().value(), page_bytes)}};
}

// Everything that is done before the map is loaded.
class Builder {
public:
    Builder(KernelSpace& space, boot::Handoff const& handoff) : space_{space}, handoff_{handoff} {}

    void build() {
        map_image();
        leave_guards_out();
        map_frames();
        map_what_is_read();
        map_text_screen();
    }

private:
    void map(PageRange pages, PhysAddr memory, Rights rights) {
        auto const mapped = space_.map_borrowed(pages, memory, rights, frames_);
        if (!mapped) console::panic("the kernel's map cannot be made: {}", mapped.error());
    }

    void map_image() {
        auto const parts = boot::image_parts();
        map_part(parts.text, parts.constants, code);
        map_part(parts.constants, parts.sealed, constant);
        map_part(parts.sealed, parts.end, data);
    }
    void map_part(VirtAddr start, VirtAddr end, Rights rights) {
        if (start == end) return;
        map(PageRange::of_bytes(start, end - start), PhysAddr{start - layout::kernel_start}, rights);
    }

    void leave_guards_out() {
        auto stale = space_.stale_pages(frames_);
        for (auto const* stack = console::first_known_stack(); stack != nullptr; stack = stack->next) {
            VirtAddr const guard{stack->bottom.value() - console::KnownStack::guard_size};
            auto const done =
                space_.unmap(PageRange::of_bytes(guard, console::KnownStack::guard_size), frames_, stale);
            if (!done) console::panic("the kernel's map cannot be made: {}", done.error());
        }
        stale.flush();
    }

    // All that is usable, but for the image. (What only boot needed is behind the image's start.)
    void map_frames() {
        std::array const image{boot::image_after_boot()};
        frames::UsableMemory{handoff_.memory_map, image}.for_each([&](PhysRange range) {
            PhysRange const reached{std::min(range.start(), end_of_direct_map),
                                    std::min(range.end(), end_of_direct_map)};
            if (!reached.is_empty()) map_directly(reached, data);
        });
    }

    // What others wrote for us may lie outside usable memory, and in pieces of pages.
    void map_what_is_read() {
        for (auto const& range : handoff_.information) map_missing(range, constant);
        for (auto const& module : handoff_.modules) map_missing(module.content, constant);
        for (auto const area : handoff_.memory_map.areas()) {
            if (area.kind != boot::MemoryKind::acpi_tables && area.kind != boot::MemoryKind::acpi_storage)
                continue;
            if (area.start >= end_of_direct_map.value() || area.size > end_of_direct_map.value() - area.start)
                continue;
            map_missing(PhysRange::of_size(PhysAddr{area.start}, area.size), constant);
        }
    }

    void map_text_screen() {
        constexpr PhysRange screen{PhysAddr{0xb'8000}, PhysAddr{0xc'0000}};
        map_missing(screen, device);
    }

    void map_directly(PhysRange range, Rights rights) {
        map(PageRange::of_bytes(in_direct_map(range.start()), range.size()), range.start(), rights);
    }

    // Page by page what is not there yet.
    void map_missing(PhysRange range, Rights rights) {
        auto const pages = whole_pages_around(range);
        auto const image = boot::image_after_boot();
        for (auto page = pages.start(); page < pages.end(); page = page + page_bytes) {
            auto const one = PhysRange::of_size(page, page_bytes);
            if (image.overlaps(one) || space_.find(in_direct_map(page))) continue;
            map_directly(one, rights);
        }
    }

    KernelSpace& space_;
    boot::Handoff const& handoff_;
    KernelFrames frames_;
};

DirectMapAccess empty_root() {
    auto root = frames::take<PageSize::kib_4>();
    if (!root) console::panic("the kernel's map cannot be made: {}", frames::explain(root.error()));
    auto const address                          = std::move(*root).disown();
    physical_span<Table<4>>(address, 1).front() = {};
    return DirectMapAccess{address};
}

}  // namespace

void start(boot::Handoff const& handoff) {
    auto const largest = cpu::memory_features().huge_pages ? PageSize::gib_1 : PageSize::mib_2;
    the_kernel_space.with([&](std::optional<KernelSpace>& space) {
        require(!space.has_value(), "the kernel has a map of its own already");
        space.emplace(empty_root(), largest);
        Builder{*space, handoff}.build();
        cpu::write_cr3(space->access().root_address().value());
    });
    enable_protection();
    frames::add_memory(handoff.memory_map, frames::reservations_of(handoff, boot::image_after_boot()),
                       end_of_direct_map);
}

void seal() {
    auto const parts = boot::image_parts();
    if (parts.sealed == parts.data) return;
    with_kernel_space([&](KernelSpace& space, KernelFrames& frames) {
        auto stale         = space.stale_pages(frames);
        auto const changed = space.protect(PageRange::of_bytes(parts.sealed, parts.data - parts.sealed),
                                           constant, frames, stale);
        stale.flush();
        if (!changed) console::panic("what is written no more cannot be sealed: {}", changed.error());
    });
}

}  // namespace pith::paging
