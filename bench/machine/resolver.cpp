// Maps the page that was touched: what a page fault's fast path calls.
#include "cpu/control_registers.hpp"
#include "exceptions/handlers.hpp"
#include "memory/layout.hpp"

#include <array>

using namespace pith;
using exceptions::Resolution;

extern "C" {
// boot/page_tables.S: one entry a page of the kernel's first 4 MiB.
extern std::array<std::uint64_t, 2 * 512> kernel_tables;
PITH_PAGE_FAULT_RESOLVER Resolution map_page(exceptions::PageFault const& fault);
}

PITH_PAGE_FAULT_RESOLVER Resolution map_page(exceptions::PageFault const&) {
    auto const offset = cpu::read_cr2() - KERNEL_START;
    if (offset >= kernel_tables.size() * 4096) [[unlikely]]
        return Resolution::not_mine;
    kernel_tables[offset / 4096] = offset | 3;  // the page is touched at its start
    return Resolution::resumed;
}
