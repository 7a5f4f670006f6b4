// The processor's caches, for whoever has to know what stands in memory itself.
//
// Needs:     memory (addresses).
// Reference: Intel SDM vol. 2 "CLFLUSH", "MFENCE".
#pragma once

#include "memory/address.hpp"

namespace pith::cpu {

// What was written to the cache line of this address is in memory afterwards, and who reads there reads memory.
inline void flush_cache_line(VirtAddr address) {
    asm volatile("clflush [%0]\n"
                 "mfence"
                 :
                 : "r"(address.value())
                 : "memory");
}

}  // namespace pith::cpu
