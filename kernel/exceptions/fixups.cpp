#include "exceptions/fixups.hpp"

#include "cpu/fixup.hpp"
#include "exceptions/shadow_returns.hpp"

#include <algorithm>
#include <span>

namespace pith::exceptions {
namespace {

// Distances from the fields themselves: half the size of addresses, and right wherever the image lies.
struct Fixup {
    std::int32_t faulting, landing;

    std::uint64_t faulting_address() const { return from(faulting); }
    std::uint64_t landing_address() const { return from(landing); }

private:
    static std::uint64_t from(std::int32_t const& field) {
        return std::bit_cast<std::uint64_t>(&field) + static_cast<std::uint64_t>(std::int64_t{field});
    }
};
static_assert(sizeof(Fixup) == 8);

}  // namespace
}  // namespace pith::exceptions

// The linker script's ends of the table.
extern "C" pith::exceptions::Fixup const fixups_start[], fixups_end[];

namespace pith::exceptions {
namespace {

// The faults of an instruction's own.
constexpr bool can_be_declared(Vector vector) {
    switch (vector) {
        using enum Vector;
        case divide_error:
        case invalid_opcode:
        case device_not_available:
        case segment_not_present:
        case stack_segment:
        case general_protection:
        case page_fault:
        case x87_floating_point:
        case alignment_check:      return true;
        default:                   return false;
    }
}

std::span<Fixup const> fixups() {
// SAFETY: because the linker script puts both symbols around one section.
#pragma clang unsafe_buffer_usage begin
    return {fixups_start, fixups_end};
#pragma clang unsafe_buffer_usage end
}

}  // namespace

// #region apply
bool apply_fixup(ExceptionFrame& frame) {
    // An NMI or a machine check that strikes there is not the instruction's own fault.
    if (!can_be_declared(frame.vector())) return false;
    if (frame.is_from_user()) return false;  // a program that jumps there has declared nothing
    auto const table = fixups();
    auto const found = std::ranges::lower_bound(table, frame.rip, {}, &Fixup::faulting_address);
    if (found == table.end() || found->faulting_address() != frame.rip) return false;
    go_on_at(frame, VirtAddr{found->landing_address()});
    frame.rdi = cpu::Fault::encode(static_cast<std::uint8_t>(frame.vector_number),
                                   static_cast<std::uint32_t>(frame.error_code));
    return true;
}
// #endregion apply

}  // namespace pith::exceptions
