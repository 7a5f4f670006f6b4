// Numbers that an attacker should find hard to guess, as far as the processor has them.
//
// Needs:     cpuid.
// Promises:  always a number; hard to guess only where there is RDRAND or RDSEED, and it works.
// Reference: Intel SDM vol. 1 "Random Number Generator Instructions".
#pragma once

#include "cpu/cpuid.hpp"
#include "cpu/time_stamp.hpp"

#include <cstdint>
#include <optional>

namespace pith::cpu {

// What RDRAND gives, once; nothing if it has nothing ready.
inline std::optional<std::uint64_t> read_random() {
    std::uint64_t number;
    bool is_valid;
    asm volatile("rdrand %0" : "=r"(number), "=@ccc"(is_valid));
    return is_valid ? std::optional{number} : std::nullopt;
}

// The same of RDSEED: straight from what the generator is fed with.
inline std::optional<std::uint64_t> read_seed() {
    std::uint64_t number;
    bool is_valid;
    asm volatile("rdseed %0" : "=r"(number), "=@ccc"(is_valid));
    return is_valid ? std::optional{number} : std::nullopt;
}

// Reads until there is a number; gives up where the manual takes a generator for broken.
template <typename Read>
std::optional<std::uint64_t> patiently(Read read) {
    constexpr int tries = 10;
    for (int done = 0; done < tries; ++done) {
        if (auto const number = read()) return number;
    }
    return std::nullopt;
}

// A number of a generator that is alive: there were processors that gave the same one each time, and called it valid.
template <typename Read>
std::optional<std::uint64_t> changing(Read read) {
    auto const first = patiently(read), second = patiently(read);
    return first != second ? second : std::nullopt;
}

// A number from the hardware's generator, or nothing if there is none that works.
inline std::optional<std::uint64_t> hardware_random() {
    constexpr std::uint32_t rdrand_bit = 1U << 30;
    if ((cpuid(1).ecx & rdrand_bit) == 0) return std::nullopt;
    return changing(read_random);
}

// The same, from RDSEED.
inline std::optional<std::uint64_t> hardware_seed() {
    constexpr std::uint32_t rdseed_bit = 1U << 18;
    if (cpuid(0).eax < 7 || (cpuid(7).ebx & rdseed_bit) == 0) return std::nullopt;
    return changing(read_seed);
}

// An odd multiplier: it spreads the counter's few changing bits over the whole number.
inline constexpr std::uint64_t spreading_multiplier = 0x9e37'79b9'7f4a'7c15;

// A number from how long things take: better than nothing, and not much.
inline std::uint64_t time_stamp_noise() {
    std::uint64_t number = 0;
    for (int round = 0; round < 16; ++round) {
        cpuid(0);  // takes a while that varies, above all in a virtual machine
        number = std::rotl(number ^ unordered_time_stamp(), 23) * spreading_multiplier;
    }
    return number ^
           (number >> 32);  // the counter changes in its lower bits, and a product carries upwards only
}

inline std::uint64_t random_number() {
    return hardware_random().value_or(0) ^ (unordered_time_stamp() * spreading_multiplier);
}

}  // namespace pith::cpu
