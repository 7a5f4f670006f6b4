#include "cpu/descriptor_tables.hpp"
#include "exercise.hpp"

using pith::VirtAddr;

std::optional<std::uint64_t> entry_for(unsigned vector) {
    constexpr std::uint64_t gate_size = 16, present = std::uint64_t{1} << 47;
    auto const table = pith::cpu::interrupt_table();
    auto const start = vector * gate_size;
    if (start + gate_size - 1 > table.limit) return std::nullopt;
    auto const low = word_at(VirtAddr{table.base + start}), high = word_at(VirtAddr{table.base + start + 8});
    if ((low & present) == 0) return std::nullopt;
    return (low & 0xffff) | ((low >> 48) << 16) | ((high & 0xffff'ffff) << 32);
}
