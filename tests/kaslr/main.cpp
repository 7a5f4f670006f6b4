// A kernel that is moved when it boots, and tests that look for what was left behind. It says where it is; pith.kaslr_test
// boots it many times, and compares.
#include "boot/image.hpp"
#include "boot/image_size.inc"
#include "boot/placement.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "memory/direct_map.hpp"
#include "paging/audit.hpp"
#include "paging/kernel_map.hpp"
#include "paging/seal.hpp"
#include "runtime/stack_protector.hpp"
#include "testing/test.hpp"

using namespace pith;
using namespace pith::testing;

namespace {

constinit boot::Handoff const* current = nullptr;

// Who was told where the kernel is linked, and tries that, finds nothing. (Its image ends 4 MiB behind where it begins; moved
// by less, it covers some of the old place.)
void check_that_old_places_are_gone() {
    auto const text = boot::image_parts().text, linked_text{VirtAddr{text.value() - boot::image_slide()}};
    check_equal(cpu::try_read<std::uint8_t>(linked_text).has_value(), boot::image_slide() == 0);
    check(cpu::try_read<std::uint8_t>(text).has_value());

    PhysAddr const memory{0x1000};
    auto const was_moved = layout::direct_map_start != layout::upper_half_start;
    check_equal(cpu::try_read<std::uint8_t>(layout::upper_half_start + memory.value()).has_value(),
                !was_moved);
    check(cpu::try_read<std::uint8_t>(in_direct_map(memory)).has_value());
    // Nor does the switch to long mode leave its map.
    check(!cpu::try_read<std::uint8_t>(VirtAddr{boot::image().start().value()}).has_value());
}

void own_map() {
    static constinit bool is_loaded = false;
    if (std::exchange(is_loaded, true)) return;
    frames::start(*current);
    paging::start(*current);
    paging::seal();
}

void the_boot_map_has_no_old_places() { check_that_old_places_are_gone(); }

void the_own_map_has_no_old_places() {
    own_map();
    check_that_old_places_are_gone();
    paging::audit_kernel();
}

// Who tries all places in the top 2 GiB, at each where the code would begin, finds something at so many. Nothing of it lies
// outside what the image may fill.
unsigned places_that_can_be_read() {
    unsigned found      = 0;
    auto const base     = layout::kernel_start + boot::image_slide();
    auto const in_image = boot::memory_of(boot::image_parts().text).value();
    for (std::uint32_t place = 0; place < boot::Places::images; ++place) {
        auto const tried = layout::kernel_start + boot::Places{.image = place}.image_slide() + in_image;
        if (!cpu::try_read<std::uint8_t>(tried)) continue;
        ++found;
        check(base <= tried && tried - base < IMAGE_LIMIT);
    }
    return found;
}

// It has all that the image may fill. That may reach over the next place; behind the last of a GiB there is none.
void the_boot_map_has_nothing_beside_the_image() {
    auto const found = places_that_can_be_read();
    check(found == IMAGE_TABLES || found == IMAGE_TABLES - 1);
}

void the_own_map_has_the_image_at_one_place_only() {
    own_map();
    check_equal(places_that_can_be_read(), 1U);
}

void what_was_chosen_is_sealed() {
    own_map();
    check(!cpu::try_write<std::uint64_t>(VirtAddr{&layout::direct_map_start}, 0).has_value());
}

// Pointers in constants, in data and in code, all of them moved.
constexpr char text[]                  = "moved";
constinit char const* constant_pointer = text;
void nothing() {}
constinit void (*function_pointer)() = nothing;

void pointers_lead_into_the_image() {
    auto const parts = boot::image_parts();
    for (auto const address :
         {VirtAddr{constant_pointer}, VirtAddr{static_cast<void const*>(&constant_pointer)}, VirtAddr{text},
          VirtAddr{reinterpret_cast<void const*>(function_pointer)}}) {
        check(parts.text <= address && address < parts.end);
    }
    check(VirtAddr{constant_pointer} == VirtAddr{text});
    check(boot::image_slide() == boot::places().image_slide());
    check(layout::direct_map_start == boot::places().direct_map_start());
}

void panics_somewhere() { console::panic("on purpose"); }

constexpr Test tests_of_moves[] = {
    {"kaslr.the_boot_map_has_no_old_places", the_boot_map_has_no_old_places},
    {"kaslr.the_own_map_has_no_old_places", the_own_map_has_no_old_places},
    {"kaslr.the_boot_map_has_nothing_beside_the_image", the_boot_map_has_nothing_beside_the_image},
    {"kaslr.the_own_map_has_the_image_at_one_place_only", the_own_map_has_the_image_at_one_place_only},
    {"kaslr.what_was_chosen_is_sealed", what_was_chosen_is_sealed},
    {"kaslr.pointers_lead_into_the_image", pointers_lead_into_the_image},
    {"kaslr.panics_somewhere", panics_somewhere, "on purpose"},
};
constexpr Suite suites[] = {tests_of_moves};

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    static auto const handoff = console::adopt_handoff(start);
    current                   = &handoff;
    console::println("image {}, direct map {}", layout::kernel_start + boot::image_slide(),
                     layout::direct_map_start);
    console::println("drawn: {}", boot::explain(boot::places().draw));
    run(handoff.command_line, suites);
}
