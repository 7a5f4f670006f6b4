#include "cpu/fixup.hpp"
#include "exercise.hpp"

using pith::VirtAddr;

// pith::cpu::try_read<std::uint8_t>(address) reads a byte, or says which fault stood in the way.
std::uint64_t readable(VirtAddr, std::uint64_t most) { return most; }
