#include "exercise.hpp"

using pith::Bytes;

// DIV and IDIV of 32 and 64 bits:
//
//   | REX, or not | F7 | ModRM |
//
//   REX:    7 6 5 4: always 0100 | 3: W | 2: R | 1: X | 0: B
//   ModRM:  7 6: mode | 5 4 3: which instruction | 2 1 0: register
//
// Mode 3 is a register; instruction 6 is DIV, 7 is IDIV. B of REX is bit 3 of the register's number.
std::optional<unsigned> divisor_register(Bytes) { return std::nullopt; }
