// Exercise 9.3: what comes of an exception while another one is delivered.
#pragma once

#include "exceptions/vector.hpp"

enum class Outcome : std::uint8_t {
    one_after_the_other,  // the second is delivered, as if there were no first
    double_fault,
    shutdown,  // what is called a triple fault
};

// `second` is raised while the processor delivers `first`.
Outcome outcome_of(pith::exceptions::Vector first, pith::exceptions::Vector second);
