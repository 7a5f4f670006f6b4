// #region table
#include "console/print.hpp"
#include "cpu/halt.hpp"
#include "gate.hpp"
#include "steps.hpp"

#include <array>
#include <bit>

namespace {

constinit std::array<Gate, 256> table{};

struct [[gnu::packed]] TablePointer {
    std::uint16_t last_byte;
    std::array<Gate, 256> const* table;
};
static_assert(sizeof(TablePointer) == 10);

std::uint16_t code_segment() {
    std::uint16_t selector;
    asm("mov %0, cs" : "=r"(selector));
    return selector;
}
// #endregion table

// #region load
// Where all vectors lead at first. The processor enters here, and nobody has called: so it must not return.
[[noreturn]] void nobody() {
    pith::console::println("an exception, and nobody handles it");
    pith::cpu::halt_forever();
}

}  // namespace

void set_gate(unsigned vector, void (*entry)()) {
    table.at(vector) = make_gate(std::bit_cast<std::uint64_t>(entry), code_segment());
}

void load_table() {
    for (unsigned vector = 0; vector < table.size(); ++vector) set_gate(vector, nobody);
    TablePointer const pointer{.last_byte = sizeof table - 1, .table = &table};
    asm volatile("lidt %0" : : "m"(pointer) : "memory");
}
// #endregion load
