// Page faults in tests: what may not be done with an address really faults, there and with the right error code.
#pragma once

#include "memory/address.hpp"

#include <source_location>

namespace pith::tests {

// Error codes of the processor's own accesses in ring 0.
inline constexpr std::uint64_t read_missing = 0x0, read_refused = 0x1, write_missing = 0x2,
                               write_refused = 0x3, fetch_missing = 0x10, fetch_refused = 0x11;

void check_read_faults(VirtAddr address, std::uint64_t error_code,
                       std::source_location where = std::source_location::current());
void check_write_faults(VirtAddr address, std::uint64_t error_code,
                        std::source_location where = std::source_location::current());
void check_call_faults(VirtAddr address, std::uint64_t error_code = fetch_refused,
                       std::source_location where = std::source_location::current());

// From here to the second call, page faults are remembered.
void begin_to_see_faults();
void end_seeing_faults();

// Runs `test` in the own map, as it is when the kernel has started: what is sealed is sealed.
void with_faults_seen(auto&& test) {
    begin_to_see_faults();
    test();
    end_seeing_faults();
}

}  // namespace pith::tests
