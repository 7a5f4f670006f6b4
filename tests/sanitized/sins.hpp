// The suite that only kernels with sanitizers have.
#pragma once

#include "testing/test.hpp"

namespace pith::tests {

extern testing::Suite const sins_suite;

}  // namespace pith::tests
