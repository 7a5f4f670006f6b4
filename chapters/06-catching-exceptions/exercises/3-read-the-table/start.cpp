#include "cpu/descriptor_tables.hpp"
#include "exercise.hpp"

// pith::cpu::interrupt_table() says which table is in use: its first byte, and how far the last one is behind
// that.
std::optional<std::uint64_t> entry_for(unsigned) { return std::nullopt; }
