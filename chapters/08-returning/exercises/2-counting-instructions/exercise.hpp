// Exercise 8.2: how many instructions a function takes.
#pragma once

#include <cstdint>

// Calls `function`, and returns how many instructions ran from its first to its `ret`, both counted.
std::uint64_t count_instructions(void (*function)());
