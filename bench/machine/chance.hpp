// Numbers by chance, the same in every run: for benchmark kernels.
#pragma once

#include <cstdint>

namespace pith::bench {

namespace detail {
inline constinit std::uint64_t chance = 1;
}  // namespace detail

inline std::uint64_t random_below(std::uint64_t limit) {
    detail::chance = detail::chance * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (detail::chance >> 33) % limit;
}

// From here on the numbers are the first ones again, whatever was measured before.
inline void restart_chance() { detail::chance = 1; }

}  // namespace pith::bench
