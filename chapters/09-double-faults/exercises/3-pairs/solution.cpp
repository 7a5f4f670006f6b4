// Exercise 9.3: what comes of an exception while another one is delivered.
#include "exercise.hpp"

using pith::exceptions::Vector;

namespace {

bool is_contributory(Vector vector) {
    using enum Vector;
    switch (vector) {
        case divide_error:
        case invalid_tss:
        case segment_not_present:
        case stack_segment:
        case general_protection:
        case control_protection:  return true;
        default:                  return false;
    }
}

bool is_page_fault(Vector vector) { return vector == Vector::page_fault || vector == Vector::virtualization; }

}  // namespace

Outcome outcome_of(Vector first, Vector second) {
    bool const is_grave = is_contributory(second) || is_page_fault(second);
    if (!is_grave) return Outcome::one_after_the_other;
    if (first == Vector::double_fault) return Outcome::shutdown;
    if (is_page_fault(first)) return Outcome::double_fault;
    return is_contributory(first) && is_contributory(second) ? Outcome::double_fault
                                                             : Outcome::one_after_the_other;
}
