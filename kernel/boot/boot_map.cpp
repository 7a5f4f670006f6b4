#include "boot/boot_map.hpp"

#include "base/fail.hpp"
#include "cpu/control_registers.hpp"
#include "memory/layout.hpp"

#include <array>

// The kernel's page tables (boot_kernel_tables in page_tables.S) follow each other: one entry a page.
extern "C" std::array<std::uint64_t, 2 * 512> kernel_tables;

namespace pith::boot {

void forbid_page(VirtAddr page) {
    constexpr std::uint64_t page_size = 4096;
    require(page.value() % page_size == 0, "a page begins at a multiple of 4096");
    auto const index = (page - layout::kernel_start) / page_size;
    require(index < kernel_tables.size(), "only the kernel's first 4 MiB are mapped page by page");
    kernel_tables[index] = 0;
    cpu::flush_page(page);
}

}  // namespace pith::boot
