// What exercise 7.3 is about: which register a division divides by.
#pragma once

#include "base/bytes.hpp"

#include <optional>

// Yours: the number of the register that the DIV or IDIV at the start of `code` divides by; nothing if it is
// another instruction, or if the divisor is in memory.
std::optional<unsigned> divisor_register(pith::Bytes code);
