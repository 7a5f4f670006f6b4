// Exercise 11.1: the address of a page's own entry, computed instead of walked to.
#pragma once

#include <cstdint>

namespace exercise {

// Where, through the recursive slot `slot`, the entry of level 1 appears that maps the page with `address`.
std::uint64_t entry_address(std::uint64_t address, std::uint64_t slot);

}  // namespace exercise
