// Each sin that the sanitizers are there for, committed once: if one of them were off, a test would fail.
#include "sins.hpp"
#include "suites.hpp"

#include "console/console.hpp"
#include "cpu/hidden.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>

namespace pith {
namespace {

using cpu::hidden;

// The compiler must know nothing of where it points.
template <typename Value>
Value* behind(Value* pointer, std::ptrdiff_t bytes) {
    return std::bit_cast<Value*>(std::bit_cast<std::intptr_t>(hidden(pointer)) + bytes);
}

template <typename Value>
void read(Value* pointer) {
    static_cast<void>(hidden(Value{*pointer}));
}

// ---- Undefined behaviour ---------------------------------------------------------------------------------

constexpr auto most = std::numeric_limits<int>::max(), least = std::numeric_limits<int>::min();

void keep(int result) { static_cast<void>(hidden(result)); }

void an_addition_overflows() { keep(hidden(most) + 1); }
void a_subtraction_overflows() { keep(hidden(least) - 1); }
void a_product_overflows() { keep(hidden(most) * 2); }
void a_negation_overflows() { keep(-hidden(least)); }
void a_division_by_zero() { keep(7 / hidden(0)); }
void a_division_overflows() { keep(hidden(least) / hidden(-1)); }
void a_shift_by_too_much() { keep(1 << hidden(32)); }
void a_shift_by_less_than_nothing() { keep(1 << hidden(-1)); }
void zeros_of_zero_are_counted() { keep(__builtin_ctz(hidden(0U))); }

void a_null_pointer_is_read() { read(hidden(static_cast<int*>(nullptr))); }

constinit std::array<std::uint64_t, 2> two_words{};
void a_pointer_is_misaligned() { read(behind(two_words.data(), 4)); }

void an_index_is_out_of_bounds() {
    int numbers[4] = {};
    // SAFETY: because the sanitizer panics before it happens.
#pragma clang unsafe_buffer_usage begin
    keep(numbers[hidden(4)]);
#pragma clang unsafe_buffer_usage end
}

void a_bool_is_two() {
    std::uint8_t two = 2;
    keep(*std::bit_cast<bool*>(hidden(&two)) ? 1 : 0);
}

// SAFETY: because the sanitizer panics before anything happens.
#pragma clang unsafe_buffer_usage begin
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wreturn-type"
void a_pointer_runs_over() {
    read(hidden(std::bit_cast<char*>(two_words.data()) + hidden(std::numeric_limits<std::ptrdiff_t>::max())));
}

int sign_of(int number) {
    if (number > 0) return 1;
    if (number < 0) return -1;
}
void a_function_ends_without_its_value() { keep(sign_of(hidden(0))); }
#pragma clang diagnostic pop
#pragma clang unsafe_buffer_usage end

void a_promised_alignment_is_not_there() {
    read(static_cast<std::uint64_t*>(__builtin_assume_aligned(behind(two_words.data(), 4), 8)));
}

[[gnu::nonnull, gnu::noinline]] void look_at(int* number) { static_cast<void>(hidden(number)); }
void an_argument_is_null() { look_at(hidden(static_cast<int*>(nullptr))); }

[[gnu::returns_nonnull, gnu::noinline]] int* nothing() { return hidden(static_cast<int*>(nullptr)); }
void null_is_returned() { static_cast<void>(hidden(nothing())); }

void the_unreachable_is_reached() {
    if (hidden(1) == 1) __builtin_unreachable();
}

// ---- Globals and stacks ----------------------------------------------------------------------------------

constinit std::array<char, 10> ten_bytes{};
constexpr std::array<char, 12> twelve_constants{};

void a_read_behind_a_global() { read(behind(ten_bytes.data(), 10)); }
void a_write_behind_a_global() { *behind(ten_bytes.data(), 12) = 1; }
void a_read_behind_a_constant() { read(behind(twelve_constants.data(), 12)); }
void a_wide_read_behind_a_global() { read(std::bit_cast<std::uint64_t*>(behind(ten_bytes.data(), 8))); }
void a_fill_of_more_than_a_global() { std::memset(hidden(ten_bytes.data()), 0, hidden(std::size_t{11})); }
void a_read_behind_a_global_of_a_layer() {
    read(behind(std::bit_cast<char*>(&console::the_console), sizeof(console::the_console)));
}

void a_read_behind_a_variable() {
    std::array<char, 20> twenty_bytes{};
    read(behind(twenty_bytes.data(), 20));
}

void a_write_before_a_variable() {
    std::array<char, 20> twenty_bytes{};
    *behind(twenty_bytes.data(), -1) = 1;
}

void a_variable_outlives_its_scope() {
    int* left = nullptr;
    {
        int inside = 1;
        left       = hidden(&inside);
    }
    read(left);
}

// ---- The heap, by the code of a layer --------------------------------------------------------------------

// (Tests by code of their own are in tests/machine/address_sanitizer_tests.cpp.)
std::unique_ptr<char[]> hundred_letters() {
    frames::start(tests::handoff());
    paging::start(tests::handoff());
    auto letters = std::make_unique<char[]>(100);
    std::memset(letters.get(), 'x', 100);
    return letters;
}

void a_layer_reads_behind_a_block() {
    auto const letters = hundred_letters();
    console::the_console.with(
        [&](auto& console) { console.write({letters.get(), hidden(std::size_t{101})}); });
}

void a_layer_reads_after_free() {
    auto letters    = hundred_letters();
    auto const view = std::string_view{letters.get(), 100};
    letters.reset();
    console::the_console.with([&](auto& console) { console.write(view); });
}

constexpr testing::Test tests_of_sins[] = {
    {"sins.an_addition_overflows", an_addition_overflows,
     "signed overflow: 2147483647 + 1 cannot be represented in 'int'"},
    {"sins.a_subtraction_overflows", a_subtraction_overflows,
     "signed overflow: -2147483648 - 1 cannot be represented in 'int'"},
    {"sins.a_product_overflows", a_product_overflows,
     "signed overflow: 2147483647 * 2 cannot be represented in 'int'"},
    {"sins.a_negation_overflows", a_negation_overflows,
     "signed overflow: -(-2147483648) cannot be represented in 'int'"},
    {"sins.a_division_by_zero", a_division_by_zero, "division by zero: 7 / 0"},
    {"sins.a_division_overflows", a_division_overflows,
     "signed overflow: -2147483648 / -1 cannot be represented in 'int'"},
    {"sins.a_shift_by_too_much", a_shift_by_too_much, "a shift of 'int' by 32, where it has 32 bits"},
    {"sins.a_shift_by_less_than_nothing", a_shift_by_less_than_nothing,
     "a shift of 'int' by -1, where it has 32 bits"},
    {"sins.zeros_of_zero_are_counted", zeros_of_zero_are_counted, "countr_zero of zero"},
    {"sins.a_null_pointer_is_read", a_null_pointer_is_read, "by a null pointer"},
    {"sins.a_pointer_is_misaligned", a_pointer_is_misaligned, ", which is not aligned to 8 bytes"},
    {"sins.an_index_is_out_of_bounds", an_index_is_out_of_bounds, "index 4 is outside of 'int[4]'"},
    {"sins.a_bool_is_two", a_bool_is_two, "2 is no value of 'bool'"},
    {"sins.a_pointer_runs_over", a_pointer_runs_over, "pointer overflow: from ffffffff8"},
    {"sins.a_function_ends_without_its_value", a_function_ends_without_its_value,
     "the end of a function was reached that has to return a value"},
    {"sins.a_promised_alignment_is_not_there", a_promised_alignment_is_not_there,
     " was assumed to be aligned to 8 bytes"},
    {"sins.an_argument_is_null", an_argument_is_null, "argument 1 is null, and is declared never to be"},
    {"sins.null_is_returned", null_is_returned, "null is returned, and is declared never to be"},
    {"sins.the_unreachable_is_reached", the_unreachable_is_reached,
     "what was said never to be reached was reached"},
    {"sins.a_read_behind_a_global", a_read_behind_a_global,
     ": byte 10 of the 10 bytes of pith::(anonymous namespace)::ten_bytes"},
    {"sins.a_write_behind_a_global", a_write_behind_a_global,
     ": byte 12 of the 10 bytes of pith::(anonymous namespace)::ten_bytes"},
    {"sins.a_read_behind_a_constant", a_read_behind_a_constant,
     ": byte 12 of the 12 bytes of pith::(anonymous namespace)::twelve_constants"},
    {"sins.a_wide_read_behind_a_global", a_wide_read_behind_a_global,
     ": byte 10 of the 10 bytes of pith::(anonymous namespace)::ten_bytes"},
    {"sins.a_fill_of_more_than_a_global", a_fill_of_more_than_a_global, "a write of 11 bytes at "},
    {"sins.a_read_behind_a_global_of_a_layer", a_read_behind_a_global_of_a_layer,
     " bytes of pith::console::the_console"},
    {"sins.a_read_behind_a_variable", a_read_behind_a_variable,
     ": byte 20 of the 20 bytes of twenty_bytes, on the stack of pith::a_read_behind_a_variable"},
    {"sins.a_write_before_a_variable", a_write_before_a_variable,
     ": byte -1 of the 20 bytes of twenty_bytes, on the stack of pith::a_write_before_a_variable"},
    {"sins.a_variable_outlives_its_scope", a_variable_outlives_its_scope,
     ": byte 0 of the 4 bytes of inside, whose scope has ended, on the stack of "},
    {"sins.a_layer_reads_behind_a_block", a_layer_reads_behind_a_block, "accessed past their end: byte 100"},
    {"sins.a_layer_reads_after_free", a_layer_reads_after_free, "accessed after they were freed: byte 0"},
};

}  // namespace

constinit testing::Suite const tests::sins_suite = tests_of_sins;

}  // namespace pith
