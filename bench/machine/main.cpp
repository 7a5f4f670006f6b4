// The benchmark kernel: what exceptions cost, in instructions of the guest, beside their hand-written floor.
//
// Run by `./pith bench exceptions`.
#include "boot/boot_map.hpp"
#include "boot/start.hpp"
#include "console/start.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/descriptor_tables.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "measure.hpp"
#include "memory/layout.hpp"

#include <array>

using namespace pith;
using bench::report;
using exceptions::Resolution;
using exceptions::Vector;

extern "C" {
// floor.S
void floor_breakpoint_entry();
void floor_page_fault_entry();
// boot/page_tables.S: one entry a page of the kernel's first 4 MiB.
extern std::array<std::uint64_t, 2 * 512> kernel_tables;
// resolver.cpp
PITH_PAGE_FAULT_RESOLVER Resolution map_page(exceptions::PageFault const& fault);

// The page that comes and goes.
extern std::array<std::uint8_t, 4096> bench_page;
alignas(4096) constinit std::array<std::uint8_t, 4096> bench_page{};
}

namespace {

std::uint64_t* entry_of_page() {
    return &kernel_tables[(VirtAddr{bench_page.data()} - layout::kernel_start) / 4096];
}

// -- What is measured --------------------------------------------------------------------------------------

constexpr auto breakpoint = [] { asm volatile("int3"); };

// A page that is not there is touched, and taken away again: the fault, the map, the unmap, the flush.
struct TouchAndUnmap {
    std::uint8_t* page;
    std::uint64_t* entry;

    void operator()() const {
        asm volatile("mov byte ptr [%0], 1\n"
                     "mov qword ptr [%1], 0\n"
                     "invlpg [%0]"
                     :
                     : "r"(page), "b"(entry)
                     : "memory");
    }
};

// The registers of TouchAndUnmap, filled.
struct LoadOnly {
    std::uint8_t* page;
    std::uint64_t* entry;

    void operator()() const { asm volatile("" : : "r"(page), "b"(entry) : "memory"); }
};

Resolution resume(exceptions::ExceptionFrame&) { return Resolution::resumed; }

// Puts a hand-written entry into the interrupt table in the place of ours.
void enter_at(Vector vector, void (*entry)()) {
    auto const table = cpu::interrupt_table();
    auto const slot  = table.base + static_cast<std::size_t>(vector) * sizeof(exceptions::Gate);
    // SAFETY: because it is the processor's own table, and the vector lies inside it.
    *reinterpret_cast<exceptions::Gate*>(slot) = exceptions::Gate::interrupt(
        VirtAddr{reinterpret_cast<void const*>(entry)}, exceptions::InterruptStack::none);
}

}  // namespace

void kernel_main(boot::Start) {
    console::start();
    exceptions::start();

    exceptions::set_handler<Vector::breakpoint>(resume);
    exceptions::set_page_fault_resolver(map_page);
    report("breakpoint", breakpoint);
    boot::forbid_page(VirtAddr{bench_page.data()});
    TouchAndUnmap const touch_and_unmap{bench_page.data(), entry_of_page()};
    LoadOnly const load_only{bench_page.data(), entry_of_page()};
    report("page-fault", touch_and_unmap, load_only);

    enter_at(Vector::breakpoint, floor_breakpoint_entry);
    report("breakpoint-floor", breakpoint);
    enter_at(Vector::page_fault, floor_page_fault_entry);
    report("page-fault-floor", touch_and_unmap, load_only);
    bench::finish();
}
