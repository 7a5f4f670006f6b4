#include "shell/faults.hpp"

#include "base/fail.hpp"
#include "console/print.hpp"
#include "cpu/raise.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/report.hpp"
#include "exceptions/segments.hpp"
#include "log/log.hpp"
#include "paging/seal.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pith::shell {
namespace {

using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;

// ---- Raising ---------------------------------------------------------------------------------------------

constexpr VirtAddr nowhere{0xdead'b000};  // in the lower half, where nothing is mapped

template <auto attempt>
void raise_declared() {
    require(!attempt(), "an instruction that must fault did not");
}

template <Vector vector>
constexpr FaultKind by_int(std::string_view name) {
    return {name, vector, Raised::by_int, cpu::software_interrupt<static_cast<std::uint8_t>(vector)>};
}

void read_nowhere() { require(!cpu::try_read<std::uint8_t>(nowhere), "what is not mapped was read"); }

[[gnu::noinline]] void write_to_code() {
    // SAFETY: because only the address is wanted; what is written there faults.
    VirtAddr const code{reinterpret_cast<void*>(&write_to_code)};
    require(!cpu::try_write<std::uint8_t>(code, 0xc3), "code was written to");
}

// Deeper than any stack. (What is volatile is needed after the call: so the optimizer makes no loop of it.)
[[gnu::noinline]] std::uint64_t overflow_stack(std::uint64_t depth) {
    std::uint64_t const volatile kept = depth;
    return depth == 1'000'000 ? depth : overflow_stack(depth + 1) + kept;
}

constexpr std::array kinds{
    FaultKind{"divide", Vector::divide_error, Raised::for_real, raise_declared<cpu::try_divide_by_zero>},
    FaultKind{"debug", Vector::debug, Raised::for_real, cpu::touch_watched_memory},
    by_int<Vector::nmi>("nmi"),
    FaultKind{"breakpoint", Vector::breakpoint, Raised::for_real, cpu::breakpoint},
    FaultKind{"overflow", Vector::overflow, Raised::for_real, cpu::software_interrupt<4>},
    by_int<Vector::bound_range>("bound-range"),
    FaultKind{"invalid-opcode", Vector::invalid_opcode, Raised::for_real,
              raise_declared<cpu::try_undefined_instruction>},
    FaultKind{"device-not-available", Vector::device_not_available, Raised::for_real,
              raise_declared<cpu::try_x87_switched_off>},
    by_int<Vector::coprocessor_overrun>("coprocessor-overrun"),
    by_int<Vector::invalid_tss>("invalid-tss"),
    FaultKind{"segment-not-present", Vector::segment_not_present, Raised::for_real,
              raise_declared<[] { return cpu::try_load_data_segment(exceptions::absent_data.raw()); }>},
    FaultKind{"stack-segment", Vector::stack_segment, Raised::for_real,
              raise_declared<[] { return cpu::try_load_stack_segment(exceptions::absent_data.raw()); }>},
    FaultKind{"general-protection", Vector::general_protection, Raised::for_real,
              raise_declared<cpu::try_noncanonical_read>},
    FaultKind{"page-fault", Vector::page_fault, Raised::for_real, read_nowhere},
    FaultKind{"write-to-code", Vector::page_fault, Raised::for_real, write_to_code},
    FaultKind{"x87", Vector::x87_floating_point, Raised::for_real,
              raise_declared<cpu::try_x87_division_by_zero>},
    by_int<Vector::alignment_check>("alignment-check"),
    by_int<Vector::simd_floating_point>("simd"),
    by_int<Vector::virtualization>("virtualization"),
    by_int<Vector::control_protection>("control-protection"),
    by_int<Vector::hypervisor_injection>("hypervisor-injection"),
    by_int<Vector::vmm_communication>("vmm-communication"),
    by_int<Vector::security>("security"),
    FaultKind{"machine-check", Vector::machine_check, Raised::into_panic, cpu::software_interrupt<18>},
    FaultKind{"stack-overflow", Vector::double_fault, Raised::into_panic, [] { overflow_stack(0); }},
};

// ---- Handling --------------------------------------------------------------------------------------------

// What is asked of the handlers below, while one of them is set.
enum class Wish : std::uint8_t { resume, use_fixup, panic };
constinit Wish wish = Wish::panic;

Resolution explain(ExceptionFrame& frame) {
    if (wish == Wish::panic) exceptions::panic_with(frame);
    exceptions::Explanation const explanation{frame};
    console::println("{}", explanation.text());
    return wish == Wish::resume ? Resolution::resumed : Resolution::not_mine;
}

template <Vector vector>
void set_explainer() {
    if constexpr (exceptions::is_abort(vector))
        return;  // it explains itself, by a panic
    else if constexpr (exceptions::has_error_code(vector))
        exceptions::set_handler<vector>([](ExceptionFrame& frame, auto) { return explain(frame); });
    else
        exceptions::set_handler<vector>(explain);
}

// Those vectors have a handler already, which explains in a line and goes on.
constexpr bool has_default_handler(Vector vector) {
    using enum Vector;
    return vector == debug || vector == nmi || vector == breakpoint || vector == overflow ||
           vector == machine_check;
}

template <std::uint8_t... numbers>
constexpr auto all_explainers(std::integer_sequence<std::uint8_t, numbers...>) {
    return std::array{set_explainer<Vector{numbers}>...};
}
constexpr auto explainers =
    all_explainers(std::make_integer_sequence<std::uint8_t, exceptions::first_interrupt>{});

// Handlers are sealed by now. These ones last for one fault.
void with_open_table(auto&& change) {
    paging::Unsealed const guard;
    change();
}

void raise(FaultKind const& kind, Wish asked) {
    wish                    = asked;
    bool const is_explained = !has_default_handler(kind.vector);
    if (is_explained) with_open_table(explainers.at(static_cast<std::size_t>(kind.vector)));
    kind.raise();
    if (is_explained) with_open_table([&] { exceptions::clear_handler(kind.vector); });
    log::print_new();  // what the log has to say of it stands before the answer
}

}  // namespace

std::span<FaultKind const> fault_kinds() { return kinds; }

FaultKind const* find_fault_kind(std::string_view name) {
    auto const* const found = std::ranges::find(kinds, name, &FaultKind::name);
    return found == kinds.end() ? nullptr : found;
}

void raise_and_survive(FaultKind const& kind) {
    raise(kind, kind.how == Raised::by_int ? Wish::resume : Wish::use_fixup);
}

void raise_and_panic(FaultKind const& kind) {
    if (has_default_handler(kind.vector)) with_open_table([&] { exceptions::clear_handler(kind.vector); });
    raise(kind, Wish::panic);
}

}  // namespace pith::shell
