// The 32 exceptions of the architecture, and the 224 vectors behind them.
//
// Needs:     nothing.
// Reference: Intel SDM vol. 3A "Exception and Interrupt Reference"; AMD APM vol. 2 "Vectors" (for #HV, #VC,
//            #SX).
#pragma once

#include <cstdint>
#include <string_view>

namespace pith::exceptions {

enum class Vector : std::uint8_t {
    divide_error         = 0,
    debug                = 1,
    nmi                  = 2,
    breakpoint           = 3,
    overflow             = 4,
    bound_range          = 5,
    invalid_opcode       = 6,
    device_not_available = 7,
    double_fault         = 8,
    coprocessor_overrun  = 9,
    invalid_tss          = 10,
    segment_not_present  = 11,
    stack_segment        = 12,
    general_protection   = 13,
    page_fault           = 14,
    reserved_15          = 15,
    x87_floating_point   = 16,
    alignment_check      = 17,
    machine_check        = 18,
    simd_floating_point  = 19,
    virtualization       = 20,
    control_protection   = 21,
    reserved_22          = 22,
    reserved_23          = 23,
    reserved_24          = 24,
    reserved_25          = 25,
    reserved_26          = 26,
    reserved_27          = 27,
    hypervisor_injection = 28,
    vmm_communication    = 29,
    security             = 30,
    reserved_31          = 31,
};

inline constexpr unsigned first_interrupt = 32, vector_count = 256;

// #region has-error-code
// Whether the processor pushes an error code. Assembly has the same list (stubs.S); a test compares them.
constexpr bool has_error_code(Vector vector) {
    using enum Vector;
    switch (vector) {
        case double_fault:
        case invalid_tss:
        case segment_not_present:
        case stack_segment:
        case general_protection:
        case page_fault:
        case alignment_check:
        case control_protection:
        case vmm_communication:
        case security:            return true;
        default:                  return false;
    }
}
// #endregion has-error-code

// What of a selector error's code applies: vectors whose error code names a segment selector.
constexpr bool has_selector_error(Vector vector) {
    using enum Vector;
    return vector == invalid_tss || vector == segment_not_present || vector == stack_segment ||
           vector == general_protection;
}

// After an abort the interrupted program cannot go on.
constexpr bool is_abort(Vector vector) { return vector == Vector::double_fault; }

// The manuals' name: "page fault". For all 256: what is not an exception is an "interrupt".
std::string_view name_of(Vector vector);
// The manuals' short name: "#PF"; empty where there is none.
std::string_view mnemonic_of(Vector vector);

}  // namespace pith::exceptions
