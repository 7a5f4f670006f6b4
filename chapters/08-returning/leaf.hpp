// Chapter 8: a function that is compiled twice, with a red zone and without.
#pragma once

#include <cstdint>

// #region leaf
// with_red_zone.cpp is the one file of the tree that is compiled with -mred-zone.
extern "C" std::uint64_t use_red_zone(std::uint64_t number);
// without_red_zone.cpp is compiled like all others.
extern "C" std::uint64_t use_stack(std::uint64_t number);

// Keeps a number on the stack while a breakpoint strikes, and returns what is left of it. It calls nobody:
// the compiler knows that nobody will need the stack below it. It does not know of the processor.
[[gnu::always_inline]] inline std::uint64_t keep(std::uint64_t number) {
    std::uint64_t volatile kept = number;
    asm volatile("int3");
    return kept;
}
// #endregion leaf
