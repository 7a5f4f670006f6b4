// Pieces of code that raise one exception each (raise.S).
#pragma once

#include <cstdint>

namespace pith::tests {

struct Raise {
    void (*run)(std::uint64_t argument);
    std::uint64_t at, behind;  // the interrupted instruction, and where to go on
};

extern "C" {

extern Raise const raise_simd, raise_stack_segment, raise_double_fault, raise_int1;
// With IA32_PL0_SSP pointing to a shadow stack, but for the first.
extern Raise const raise_missing_endbranch, raise_near_return, raise_far_return, raise_wrong_token,
    raise_busy_token, raise_no_shadow_stack;
// These raise nothing.
extern Raise const keep_to_endbranch, keep_to_shadow_stack;

// For the interrupt table: they switch the checks off, and enter the kernel.
void checked_control_protection_entry();
void checked_page_fault_entry();

}  // extern "C"

}  // namespace pith::tests
