// The C++ library inside the kernel: a test for each header that works, named after it, which uses it.
// docs/library.md is made from these names (tools/pith/library_table.py).
#pragma once

#include "testing/test.hpp"

namespace pith::tests {

extern testing::Suite const containers_suite, strings_suite, memory_suite, utilities_suite, language_suite,
    ranges_suite, numbers_suite, c_suite;

}  // namespace pith::tests
