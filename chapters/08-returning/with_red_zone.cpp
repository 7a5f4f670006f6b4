#include "leaf.hpp"

std::uint64_t use_red_zone(std::uint64_t number) { return keep(number); }
