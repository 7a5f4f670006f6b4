#include "storm.hpp"

#include "cell.hpp"
#include "console/print.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "cpu/port.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/vector.hpp"

#include <atomic>
#include <charconv>

using namespace pith;
using namespace pith::faults;
using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;

namespace {

// Relaxed atomics, on one processor: an NMI must not come between the load and the store of a counter.
struct Counts {
    std::atomic<std::uint64_t> nmis = 0, breakpoints = 0, nested = 0, machine_checks = 0;
    std::atomic<unsigned> depth = 0, deepest = 0;
};
constinit Counts counts;
constinit Kind const* breakpoint    = nullptr;
constinit std::atomic<bool> is_over = false;

constexpr unsigned deepest_wanted = 6, patience = 3000;

void break_once() {
    raise_kind(*breakpoint, {});
    ++counts.breakpoints;
}

// The breakpoint's IRET lets NMIs through again. Then this one waits a while for another to come.
void invite_another() {
    break_once();
    auto const before = counts.nmis.load();
    for (unsigned turn = 0; turn < patience && counts.nmis.load() == before; ++turn) cpu::pause();
}

Resolution count_nmi(ExceptionFrame&) {
    auto const number = ++counts.nmis;
    auto const depth  = ++counts.depth;
    if (depth > 1) ++counts.nested;
    if (depth > counts.deepest) counts.deepest = depth;
    if (number % 3 != 0 && depth < deepest_wanted) invite_another();
    --counts.depth;
    return Resolution::resumed;
}

// The runner sends the next one when it has read that this one is over.
Resolution count_machine_check(ExceptionFrame&) {
    constexpr std::uint32_t mcg_status = 0x17a;
    cpu::Port<std::uint8_t> const serial{0x3f8};
    ++counts.machine_checks;
    require(cpu::try_write_msr(mcg_status, 0).has_value(), "the machine check cannot be ended");
    if (!is_over.load()) serial.write('M');
    return Resolution::resumed;
}

}  // namespace

bool faults::run_storm(std::string_view nmi_count) {
    std::uint64_t wanted = 0;
    std::from_chars(nmi_count.begin(), nmi_count.end(), wanted);
    auto const kind = find_kind("breakpoint");
    breakpoint      = &*kind;
    install_handler(*kind);
    exceptions::set_handler<Vector::nmi>(count_nmi);
    exceptions::set_handler<Vector::machine_check>(count_machine_check);
    console::println("storm begins");
    while (counts.nmis.load() < wanted) break_once();
    is_over.store(true);  // what still comes is counted, and no longer waited for
    console::println("\nstorm: {} NMIs, {} inside others, {} deep; {} machine checks; {} breakpoints",
                     counts.nmis.load(), counts.nested.load(), counts.deepest.load(),
                     counts.machine_checks.load(), counts.breakpoints.load());
    if (counts.nested.load() == 0) note("nested NMIs", 0, 1);
    if (counts.machine_checks.load() == 0) note("machine checks", 0, 1);
    return print_verdict("storm");
}
