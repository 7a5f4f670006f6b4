#include "exceptions/call_check.hpp"

#include <algorithm>
#include <bit>
#include <span>

namespace pith::exceptions {
namespace {

// Where a check stops: a distance from the field itself.
struct CallTrap {
    std::int32_t distance;

    std::uint64_t address() const {
        return std::bit_cast<std::uint64_t>(&distance) + static_cast<std::uint64_t>(std::int64_t{distance});
    }
};
static_assert(sizeof(CallTrap) == 4);

}  // namespace
}  // namespace pith::exceptions

// The linker script's ends of the table.
extern "C" pith::exceptions::CallTrap const call_traps_start[], call_traps_end[];

namespace pith::exceptions {
namespace {

std::span<CallTrap const> call_traps() {
// SAFETY: because the linker script puts both symbols around one section.
#pragma clang unsafe_buffer_usage begin
    return {call_traps_start, call_traps_end};
#pragma clang unsafe_buffer_usage end
}

// The comparison is four bytes long: REX, opcode, ModRM, -4. For R12 it has a SIB byte, too.
constexpr std::size_t comparison_size = 4, longest_comparison_size = 5, jump_size = 2;
constexpr std::byte sib_of_r12{0x24};

// The bytes before the jump to the call. There are as many: a number is loaded before them.
Bytes comparison_before(std::uint64_t trap) {
    auto const begin = trap - jump_size - longest_comparison_size;
// SAFETY: because the compiler has put these bytes before each trap of the table.
#pragma clang unsafe_buffer_usage begin
    return {std::bit_cast<std::byte const*>(begin), longest_comparison_size};
#pragma clang unsafe_buffer_usage end
}

}  // namespace

std::optional<std::uint64_t> target_of_stopped_call(std::uint64_t rip, GeneralRegisters const& registers) {
    constexpr std::uint64_t type_size = 4;  // a function's type lies right before it
    if (!std::ranges::contains(call_traps(), rip, &CallTrap::address)) return std::nullopt;
    auto const bytes = comparison_before(rip);
    // Without a SIB byte this one is ModRM, which here is 0x40 at least: a displacement of one byte follows.
    bool const has_sib  = bytes[longest_comparison_size - 2] == sib_of_r12;
    auto const operands = memory_operands(has_sib ? bytes : bytes.last(comparison_size));
    if (operands.empty()) return std::nullopt;
    return operands[0].address(registers) + type_size;
}

}  // namespace pith::exceptions
