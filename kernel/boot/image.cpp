#include "boot/image.hpp"

#include "memory/layout.hpp"

// The symbols have addresses, and nothing stands behind their names.
extern "C" {
extern std::byte const image_start_physical[], image_end_physical[], image_base[];
extern std::byte const text_start[], text_end[], rodata_start[], sealed_start[], sealed_end[];
extern std::byte const shadow_stacks_start[];
extern std::byte const boot_stack_bottom[], boot_stack_top[];
extern std::byte const symbols_start[], symbols_end[];
}

namespace pith::boot {

PhysRange image() {
    // The linker gives these two as physical addresses.
    return {PhysAddr{VirtAddr{image_start_physical}.value()}, PhysAddr{VirtAddr{image_end_physical}.value()}};
}

PhysRange image_after_boot() { return {memory_of(VirtAddr{text_start}), image().end()}; }

ImageParts image_parts() {
    return {.text          = VirtAddr{text_start},
            .constants     = VirtAddr{rodata_start},
            .sealed        = VirtAddr{sealed_start},
            .data          = VirtAddr{sealed_end},
            .shadow_stacks = VirtAddr{shadow_stacks_start},
            .end           = VirtAddr{image_base} + image().end().value()};
}

PhysAddr memory_of(VirtAddr part) { return PhysAddr{part - VirtAddr{image_base}}; }

std::uint64_t image_slide() { return VirtAddr{image_base} - layout::kernel_start; }

bool is_in_text(VirtAddr address) { return VirtAddr{text_start} <= address && address < VirtAddr{text_end}; }

VirtAddr boot_stack_bottom() { return VirtAddr{::boot_stack_bottom}; }
VirtAddr boot_stack_top() { return VirtAddr{::boot_stack_top}; }

Bytes symbols() {
// SAFETY: because the linker script puts both symbols around one section.
#pragma clang unsafe_buffer_usage begin
    return {symbols_start, symbols_end};
#pragma clang unsafe_buffer_usage end
}

}  // namespace pith::boot
