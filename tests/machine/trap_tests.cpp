// Undefined behaviour in code that is compiled to stop there, as the layers that read what comes from outside are.
#include "cpu/hidden.hpp"
#include "suites.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

using namespace pith;
using testing::check_equal;

namespace {

void what_is_right_goes_on() {
    check_equal(cpu::hidden(20) + cpu::hidden(22), 42);
    check_equal(1 << cpu::hidden(4), 16);
}

void a_sum_that_is_too_large_stops() { check_equal(std::numeric_limits<int>::max() + cpu::hidden(1), 0); }

void a_shift_that_is_too_far_stops() { check_equal(1 << cpu::hidden(32), 0); }

void an_index_that_is_too_large_stops() {
    static constinit int numbers[] = {1, 2, 3};
    // SAFETY: because the index is looked at, which is what is tried.
#pragma clang unsafe_buffer_usage begin
    int const number = numbers[cpu::hidden(std::size_t{3})];
#pragma clang unsafe_buffer_usage end
    check_equal(number, 0);
}

void a_division_by_zero_stops() { check_equal(1 / cpu::hidden(0), 0); }

void a_bool_that_is_neither_stops() {
    static constinit std::uint8_t two = 2;
    // SAFETY: because the value is looked at, which is what is tried.
    check_equal(*cpu::hidden(std::bit_cast<bool const*>(&two)), true);
}

void a_place_that_cannot_be_reached_stops() {
    if (cpu::hidden(1) == 1) __builtin_unreachable();
}

constexpr testing::Test tests_of_traps[] = {
    {"traps.what_is_right_goes_on", what_is_right_goes_on},
    {"traps.a_sum_that_is_too_large_stops", a_sum_that_is_too_large_stops,
     "undefined behaviour: a signed sum is too large"},
    {"traps.a_shift_that_is_too_far_stops", a_shift_that_is_too_far_stops,
     "undefined behaviour: a shift by too many bits, or of too many"},
    {"traps.an_index_that_is_too_large_stops", an_index_that_is_too_large_stops,
     "undefined behaviour: an index is too large"},
    {"traps.a_bool_that_is_neither_stops", a_bool_that_is_neither_stops,
     "undefined behaviour: a value that its type does not have"},
    {"traps.a_place_that_cannot_be_reached_stops", a_place_that_cannot_be_reached_stops,
     "undefined behaviour: a place was reached that cannot be reached"},
    {"traps.a_division_by_zero_stops", a_division_by_zero_stops,
     "undefined behaviour: a division by zero, or one that is too large"},
};

}  // namespace

constinit testing::Suite const tests::traps_suite = tests_of_traps;
