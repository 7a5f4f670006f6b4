// What exercise 6.3 is about: where the processor would go for a vector.
#pragma once

#include "memory/address.hpp"

#include <cstdint>
#include <optional>

// The eight bytes at an address of the kernel, as a number.
std::uint64_t word_at(pith::VirtAddr address);

// Yours: the address that the table in use gives for `vector`; nothing if there is no gate for it.
std::optional<std::uint64_t> entry_for(unsigned vector);
