// The time-stamp counter.
//
// Needs:     nothing.
// Reference: Intel SDM vol. 2 "RDTSC".
#pragma once

#include <cstdint>

namespace pith::cpu {

// All earlier loads are done when it is read, and nothing later has begun.
inline std::uint64_t read_time_stamp() {
    std::uint32_t low, high;
    asm volatile("lfence\n rdtsc\n lfence" : "=a"(low), "=d"(high) : : "memory");
    return std::uint64_t{high} << 32 | low;
}

// The same, a little earlier or later, as the processor likes: for what counts instructions, or wants noise.
inline std::uint64_t unordered_time_stamp() {
    std::uint32_t low, high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return std::uint64_t{high} << 32 | low;
}

}  // namespace pith::cpu
