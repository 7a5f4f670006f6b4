// What exercise 7.2 is about: memory that may not be there.
#pragma once

#include "memory/address.hpp"

// Yours: how many of the `most` bytes from `from` on can be read, up to the first that cannot.
std::uint64_t readable(pith::VirtAddr from, std::uint64_t most);
