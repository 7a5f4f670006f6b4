// What <cassert> calls when an assertion does not hold.
#include "base/fail.hpp"
#include "base/fixed_text.hpp"

#include <cassert>
#include <format>
#include <iterator>

extern "C" void __assert_fail(char const* condition, char const* file, int line, char const*) {
    pith::FixedText<200> text;
    std::format_to(std::back_inserter(text), "assertion failed: {}", condition);
    pith::fail({.message = text.view(), .file = file, .line = static_cast<unsigned>(line)});
}
