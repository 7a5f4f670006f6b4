// Interrupts of devices: a device's line is given a vector and a handler, whatever controllers there are.
//
//   vector  0x20 - 0x2f   the two 8259s: all their lines, or, beside APICs, what they raise by mistake
//           0x30 - 0xef   whoever takes one
//           0xfe          an error of the local APIC
//           0xff          the local APIC's spurious interrupt
//
// Needs:     acpi (tables), exceptions (handlers), controllers.
// Promises:  a handler runs with interrupts off, and what interrupts is told the end afterwards.
//            What nobody wanted is counted and ended, and never ends an interrupt of somebody else.
// Reference: Intel SDM vol. 3A "Advanced Programmable Interrupt Controller (APIC)".
#pragma once

#include "acpi/tables.hpp"
#include "exceptions/vector.hpp"
#include "interrupts/isa.hpp"
#include "interrupts/local_apic.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

namespace pith::interrupts {

// #region take
// It runs on the stack of whoever is interrupted. It does the least, and neither waits nor allocates.
using Handler = void (*)();

enum class TakeProblem : std::uint8_t {
    taken,          // somebody else has the line
    no_pin,         // no I/O APIC has it
    no_vector,      // all are in use
    no_controller,  // this machine has none
};
std::string_view explain(TakeProblem problem);

// Chooses the controllers and sets them up, all lines masked: APICs if the machine has both kinds and says so
// in its tables, else the 8259s. Interrupts stay off.
void start(acpi::Tables const& tables);

// This processor's, if APICs were chosen.
LocalApic const* local_apic();

// From now on `handler` is called when the line interrupts. Returns the vector. The table of handlers is sealed when the
// kernel has started: then this, the next one and `release` fail.
std::expected<std::uint8_t, TakeProblem> take(IsaLine line, std::string_view name, Handler handler);
// The same for a source that has no line but raises any vector: the local APIC's timer. Only beside APICs.
std::expected<std::uint8_t, TakeProblem> take_vector(std::string_view name, Handler handler);
// #endregion take
// Masks the line. What of it is on its way is not delivered any more.
void release(IsaLine line);

// How often the vector was delivered; and how many interrupts there were that no device wanted.
std::uint64_t count_of(std::uint8_t vector);
std::uint64_t spurious_count();
// What the local APIC has found wrong so far: the bits of its error status register.
std::uint32_t local_apic_errors();

// Who has a vector, and how often it was delivered.
struct Source {
    std::uint8_t vector;
    std::optional<IsaLine> line;  // nothing: it is no device's, but the local APIC's own
    std::string_view name;
    std::uint64_t count;
};
std::optional<Source> source_of(std::uint8_t vector);

// Calls `use(source)` for every vector that is in use, in their order.
void for_each_source(auto&& use) {
    for (unsigned vector = 0; vector < exceptions::vector_count; ++vector) {
        if (auto const source = source_of(static_cast<std::uint8_t>(vector))) use(*source);
    }
}

// Which controllers there are, in one line; and every source, as a table.
void print_controllers();
void print_table();

}  // namespace pith::interrupts
