// The benchmark kernel: what exceptions cost, in instructions of the guest, beside their hand-written floor.
//
// Run by `./pith bench exceptions` under -icount shift=0, where the time-stamp counter counts instructions.
// Each figure is the median of 4096 rounds, less the median of rounds in which nothing happens.
#include "boot/boot_map.hpp"
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/random.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "memory/layout.hpp"
#include "testing/emulator_exit.hpp"

#include <algorithm>
#include <array>

using namespace pith;
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

constexpr std::size_t rounds = 4096;

constinit std::array<std::uint32_t, rounds> samples{};

// The median cost of `action`.
template <typename Action>
std::uint32_t median_of(Action&& action) {
    for (auto& sample : samples) {
        auto const before = cpu::read_time_stamp();
        action();
        sample = static_cast<std::uint32_t>(cpu::read_time_stamp() - before);
    }
    std::ranges::sort(samples);
    return samples[rounds / 2];
}

// Twice: the first time fills caches of the emulator. `nothing` is what the rounds have around the action
// itself.
template <typename Action, typename Nothing>
void report(std::string_view name, Action&& action, Nothing&& nothing) {
    auto const empty = median_of(nothing);
    median_of(action);
    console::println("FIGURE {} {}", name, median_of(action) - empty);
}

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

constexpr auto nothing = [] { asm volatile(""); };

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
    report("breakpoint", breakpoint, nothing);
    boot::forbid_page(VirtAddr{bench_page.data()});
    TouchAndUnmap const touch_and_unmap{bench_page.data(), entry_of_page()};
    LoadOnly const load_only{bench_page.data(), entry_of_page()};
    report("page-fault", touch_and_unmap, load_only);

    enter_at(Vector::breakpoint, floor_breakpoint_entry);
    report("breakpoint-floor", breakpoint, nothing);
    enter_at(Vector::page_fault, floor_page_fault_entry);
    report("page-fault-floor", touch_and_unmap, load_only);
    testing::exit_emulator(testing::Outcome::passed);
}
