// Numbers by chance, the same in every run: for benchmark kernels.
#pragma once

#include <cstdint>

namespace pith::bench {

inline std::uint64_t random_below(std::uint64_t limit) {
    constinit static std::uint64_t state = 1;
    state                                = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (state >> 33) % limit;
}

}  // namespace pith::bench
