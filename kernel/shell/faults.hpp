// The exceptions of `fault KIND`: raised on purpose, explained, and survived where that can be.
//
// Needs:     cpu (raise), exceptions.
// Promises:  a kind that is survived leaves the machine as it was. The others end in a panic.
#pragma once

#include "exceptions/vector.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace pith::shell {

enum class Raised : std::uint8_t {
    for_real,    // by an instruction that cannot be run; a breakpoint by INT3, an overflow by INT 4
    by_int,      // by INT with its number: no harmless instruction raises it on every machine
    into_panic,  // the kernel cannot go on
};

struct FaultKind {
    std::string_view name;
    exceptions::Vector vector;
    Raised how;
    void (*raise)();
};

std::span<FaultKind const> fault_kinds();
FaultKind const* find_fault_kind(std::string_view name);  // null if there is none

// Raises it; the explanation stands on the console then. Returns if it was survived.
void raise_and_survive(FaultKind const& kind);
// Raises it, and lets it be a panic.
void raise_and_panic(FaultKind const& kind);

}  // namespace pith::shell
