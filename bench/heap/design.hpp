// One of the simpler heaps of kernel/heap/designs, in a large reservation, which the host fills with memory when
// it is touched.
#pragma once

#include "allocator.hpp"

#include <sys/mman.h>

#include <span>

namespace pith::bench {

inline constexpr std::size_t alignment = 16;

template <typename Design>
Design& the() {
    constexpr std::size_t bytes = std::size_t{1} << 36;
    static Design design{[] {
        auto* const start =
            mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return std::span{static_cast<std::byte*>(start), bytes};
    }()};
    return design;
}

}  // namespace pith::bench
