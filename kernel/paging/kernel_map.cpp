#include "paging/kernel_map.hpp"

#include "boot/image.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/stacks.hpp"
#include "console/start.hpp"
#include "frames/usable_memory.hpp"
#include "paging/attribute_table.hpp"
#include "paging/protection.hpp"

namespace pith::paging {

constinit cpu::Locked<std::optional<KernelSpace>> the_kernel_space{std::in_place};

namespace {

// #region rights
constexpr Rights code{.access = Access::read_execute}, constant{.access = Access::read},
    data{.access = Access::read_write}, device{.access = Access::read_write, .caching = Caching::uncached},
    picture{.access = Access::read_write, .caching = Caching::write_combining},
    shadow_stack{.access = Access::shadow_stack};
// #endregion rights

// How far the direct map goes: as far as there is room for it, and the processor has addresses.
PhysAddr end_of_direct_map() {
    return PhysAddr{std::min(layout::direct_map_size, std::uint64_t{1} << cpu::physical_address_bits())};
}

PhysRange reached(PhysRange range) {
    auto const end = end_of_direct_map();
    return {std::min(range.start(), end), std::min(range.end(), end)};
}

// Whole pages around the range, as far as the direct map goes.
PhysRange pages_around(PhysRange range) {
    auto const inside = reached(range);
    return {PhysAddr{round_down(inside.start().value(), page_bytes)},
            PhysAddr{round_up(inside.end().value(), page_bytes)}};
}

std::expected<void, FailedAt<MapError>> map_directly(KernelSpace& space, KernelFrames& frames,
                                                     PhysRange range, Rights rights) {
    return space.map_borrowed(PageRange::of_bytes(in_direct_map(range.start()), range.size()), range.start(),
                              rights, frames);
}

// Whether the direct map may have all of it: it goes so far, and the kernel's image has no second name.
bool may_be_mapped(PhysRange range) {
    return reached(range) == range && !boot::image_after_boot().overlaps(range);
}

// #region missing
// Page by page what is not there yet.
std::expected<void, FailedAt<MapError>> map_missing(KernelSpace& space, KernelFrames& frames, PhysRange range,
                                                    Rights rights) {
    auto const pages = pages_around(range);
    auto const image = boot::image_after_boot();
    for (auto page = pages.start(); page < pages.end();) {
        auto const one = PhysRange::of_size(page, page_bytes);
        if (auto const found = space.find(in_direct_map(page))) {
            page = found->memory + bytes_in(found->size);
            continue;
        }
        if (!image.overlaps(one)) {
            if (auto const mapped = map_directly(space, frames, one, rights); !mapped) return mapped;
        }
        page = one.end();
    }
    return {};
}
// #endregion missing

// #region order
// Everything that is done before the map is loaded.
class Builder {
public:
    Builder(KernelSpace& space, boot::Handoff const& handoff) : space_{space}, handoff_{handoff} {}

    void build() {
        map_image();
        leave_guards_out();
        map_frames();
        map_screens();
        map_what_is_read();
    }
    // #endregion order

private:
    // #region image
    static void check(std::expected<void, FailedAt<MapError>> const& mapped) {
        if (!mapped) console::panic("the kernel's map cannot be made: {}", mapped.error());
    }

    void map_image() {
        auto const parts = boot::image_parts();
        map_part(parts.text, parts.constants, code);
        map_part(parts.constants, parts.sealed, constant);
        map_part(parts.sealed, parts.shadow_stacks, data);
        map_part(parts.shadow_stacks, parts.end, shadow_stack);
    }
    void map_part(VirtAddr start, VirtAddr end, Rights rights) {
        if (start == end) return;
        check(space_.map_borrowed(PageRange::of_bytes(start, end - start), boot::memory_of(start), rights,
                                  frames_));
    }
    // #endregion image

    // #region guards
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
    // #endregion guards

    // #region frames
    // All that is usable, but for the image. (What only boot needed is behind the image's start.)
    void map_frames() {
        auto const screen = handoff_.framebuffer.transform(&boot::Framebuffer::memory);
        std::array const others{boot::image_after_boot(), frames::pc_devices, screen.value_or(PhysRange{})};
        frames::UsableMemory{handoff_.memory_map, others}.for_each([&](PhysRange range) {
            auto const inside = reached(range);
            if (!inside.is_empty()) check(map_directly(space_, frames_, inside, data));
        });
    }
    // #endregion frames

    // #region screens
    // Where the console writes, and what the loader's framebuffer shows: before all that is only read, for
    // that may claim the same place.
    void map_screens() {
        if (auto const text = console::text_screen_memory())
            check(map_missing(space_, frames_, *text, device));
        if (!handoff_.framebuffer) return;
        auto const rights = cpu::memory_features().attribute_table ? picture : device;
        check(map_screen(handoff_.framebuffer->memory(), rights));
    }

    // As large pages where nothing else is there.
    std::expected<void, FailedAt<MapError>> map_screen(PhysRange memory, Rights rights) {
        auto const pages = pages_around(memory);
        if (!pages.is_empty() && !boot::image_after_boot().overlaps(pages) &&
            map_directly(space_, frames_, pages, rights))
            return {};
        return map_missing(space_, frames_, memory, rights);
    }

    // What the loader left may lie outside usable memory, and in pieces of pages.
    void map_what_is_read() {
        for (auto const& range : handoff_.information) check(map_missing(space_, frames_, range, constant));
        for (auto const& module : handoff_.modules)
            check(map_missing(space_, frames_, module.content, constant));
    }
    // #endregion screens

    KernelSpace& space_;
    boot::Handoff const& handoff_;
    KernelFrames frames_;
};

// #region root
DirectMapAccess empty_root() {
    auto root = frames::take<PageSize::kib_4>();
    if (!root) console::panic("the kernel's map cannot be made: {}", frames::explain(root.error()));
    auto const address                          = std::move(*root).disown();
    physical_span<Table<4>>(address, 1).front() = {};
    return DirectMapAccess{address};
}
// #endregion root

}  // namespace

// #region start
void start(boot::Handoff const& handoff) {
    auto const largest = cpu::memory_features().huge_pages ? PageSize::gib_1 : PageSize::mib_2;
    the_kernel_space.with([&](std::optional<KernelSpace>& space) {
        require(!space.has_value(), "the kernel has a map of its own already");
        space.emplace(empty_root(), largest);
        Builder{*space, handoff}.build();
        choose_memory_types();
        cpu::write_cr3(space->access().root_address().value());
    });
    enable_protection();
    frames::add_memory(handoff.memory_map, frames::reservations_of(handoff, boot::image_after_boot()),
                       end_of_direct_map());
}
// #endregion start

bool map_for_reading(PhysRange range) {
    if (range.is_empty()) return true;
    if (!may_be_mapped(range)) return false;
    return with_kernel_space([&](KernelSpace& space, KernelFrames& frames) {
        return map_missing(space, frames, range, constant).has_value();
    });
}

bool map_device(PhysRange range) {
    if (range.is_empty()) return true;
    if (!may_be_mapped(range)) return false;
    return with_kernel_space([&](KernelSpace& space, KernelFrames& frames) {
        if (!map_missing(space, frames, range, device)) return false;
        auto const pages = pages_around(range);
        for (auto page = pages.start(); page < pages.end(); page = page + page_bytes) {
            auto const found = space.find(in_direct_map(page));
            if (!found || found->caching != Caching::uncached || !found->is_writable) return false;
        }
        return true;
    });
}

}  // namespace pith::paging
