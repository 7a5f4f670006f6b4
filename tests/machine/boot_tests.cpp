// What boot promises to C++: the handoff, the address space, the processor's mode.
#include "boot/image.hpp"
#include "cpu/registers.hpp"
#include "memory/layout.hpp"
#include "suites.hpp"

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

cpu::Registers registers_now() {
    cpu::Registers registers;
    cpu::capture_registers(registers);
    return registers;
}

void the_command_line_arrives() { check(tests::handoff().command_line.starts_with("test=boot.")); }

void the_image_is_where_it_was_loaded() {
    auto const image = tests::handoff().image;
    check_equal(image.start(), PhysAddr{KERNEL_PHYSICAL});
    auto const here = VirtAddr{reinterpret_cast<void const*>(&the_image_is_where_it_was_loaded)};
    check(boot::is_in_text(here));
    check(image.overlaps(PhysRange::of_size(boot::memory_of(here), 1)));
}

void the_memory_map_has_room_for_the_image() {
    auto const image = tests::handoff().image;
    bool is_covered  = false;
    for (auto const area : tests::handoff().memory_map.areas()) {
        is_covered |= area.kind == boot::MemoryKind::usable && area.start <= image.start().value() &&
                      image.end().value() <= area.start + area.size;
    }
    check(is_covered);
}

void the_information_lies_outside_the_image() {
    auto const& handoff = tests::handoff();
    check(!handoff.information.empty());
    for (auto const range : handoff.information) {
        check(range.end() <= handoff.image.start() || handoff.image.end() <= range.start());
    }
}

// Whatever the loader left in them.
void the_control_registers_are_as_defined() {
    constexpr std::uint64_t physical_address_extension = 1U << 5, machine_check = 1U << 6;
    check_equal(registers_now().cr0, std::uint64_t{CR0_AT_START});
    check_equal(registers_now().cr4,
                physical_address_extension | machine_check);  // the latter by exceptions::start
}

void interrupts_are_off() { check((registers_now().rflags & (1U << 9)) == 0); }

// The System V ABI wants RSP at a multiple of 16 at each call; a local of that alignment shows whether it is.
void the_stack_is_aligned() {
    alignas(16) std::array<char, 16> aligned{};
    auto address = std::bit_cast<std::uintptr_t>(aligned.data());
    asm volatile("" : "+r"(address));  // else the compiler knows the answer
    check_equal(address % 16, 0U);
}

void the_stack_is_the_boot_stack() {
    VirtAddr const here{registers_now().rsp};
    check(boot::boot_stack_bottom() < here && here < boot::boot_stack_top());
}

// The same byte, through the kernel's own mapping and through the direct map.
void the_direct_map_shows_the_image() {
    static constinit std::uint32_t volatile sample = 0x1234'5678;

    auto const physical = boot::memory_of(VirtAddr{const_cast<std::uint32_t*>(&sample)});
    auto const bytes    = boot_window().at(physical, sizeof sample);
    check(bytes.has_value());
    check_equal(*load<std::uint32_t>(*bytes, 0), 0x1234'5678U);
    sample = 0x8765'4321;
    check_equal(*load<std::uint32_t>(*bytes, 0), 0x8765'4321U);
}

constexpr testing::Test tests_of_boot[] = {
    {"boot.the_command_line_arrives", the_command_line_arrives},
    {"boot.the_image_is_where_it_was_loaded", the_image_is_where_it_was_loaded},
    {"boot.the_memory_map_has_room_for_the_image", the_memory_map_has_room_for_the_image},
    {"boot.the_information_lies_outside_the_image", the_information_lies_outside_the_image},
    {"boot.the_control_registers_are_as_defined", the_control_registers_are_as_defined},
    {"boot.interrupts_are_off", interrupts_are_off},
    {"boot.the_stack_is_aligned", the_stack_is_aligned},
    {"boot.the_stack_is_the_boot_stack", the_stack_is_the_boot_stack},
    {"boot.the_direct_map_shows_the_image", the_direct_map_shows_the_image},
};

}  // namespace

constinit testing::Suite const tests::boot_suite = tests_of_boot;
