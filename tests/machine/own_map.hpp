// The kernel's own map in tests: moving there, and looking at the live tables.
#pragma once

#include "paging/kernel_map.hpp"
#include "paging/seal.hpp"

namespace pith::tests {

// Leaves the boot map for good, the first time.
void move_into_own_map();

// While it lives, the own map is as it is when the kernel has started: what is sealed is sealed.
class [[nodiscard]] SealedMap {
public:
    SealedMap() {
        move_into_own_map();
        paging::seal();
    }
    ~SealedMap() { paging::unseal(); }
    SealedMap(SealedMap const&)            = delete;
    SealedMap& operator=(SealedMap const&) = delete;
};

// A page of the upper half that nobody else has.
inline constexpr Page<PageSize::kib_4> some_page{VirtAddr{0xffff'f000'0000'0000}};

}  // namespace pith::tests
