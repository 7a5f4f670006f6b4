#include "boot/boot_map.hpp"

#include "base/fail.hpp"
#include "boot/image.hpp"
#include "boot/image_size.inc"
#include "cpu/control_registers.hpp"

#include <array>

// The kernel's page tables (boot_kernel_tables in page_tables.S) follow each other: one entry a page.
extern "C" std::array<std::uint64_t, IMAGE_TABLES * std::size_t{512}> kernel_tables;

namespace pith::boot {
namespace {

constexpr std::uint64_t page_size = 4096;

std::uint64_t& entry_of(VirtAddr page) {
    require(page.value() % page_size == 0, "a page begins at a multiple of 4096");
    auto const index = memory_of(page).value() / page_size;
    require(index < kernel_tables.size(), "only what the image may fill is mapped page by page");
    return kernel_tables[index];
}

}  // namespace

void forbid_page(VirtAddr page) {
    entry_of(page) = 0;
    cpu::flush_page(page);
}

void allow_page(VirtAddr page) {
    constexpr std::uint64_t present_and_writable = 3;
    // Nothing to flush: what is not present is in no TLB.
    entry_of(page) = memory_of(page).value() | present_and_writable;
}

}  // namespace pith::boot
