// An order in which tests are run: the numbers from 0 on, mixed.
#pragma once

#include <cstdint>
#include <span>

// The next of a row of numbers that look like chance. The same first state gives the same row.
// (Sebastiano Vigna, "splitmix64".)
inline std::uint64_t next_random(std::uint64_t& state) {
    auto mixed = state += 0x9e37'79b9'7f4a'7c15;
    mixed      = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
    mixed      = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
    return mixed ^ (mixed >> 31);
}

// Fills `order` with the numbers 0, 1, 2 and so on, each once, in an order that follows from `seed` alone.
// Over many seeds each order comes as often as any other.
void shuffle(std::span<unsigned> order, std::uint64_t seed);
