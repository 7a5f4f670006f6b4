// What the C++ language and library ask of the kernel: memory functions, division, checks that catch
// mistakes.
#include "cpu/hidden.hpp"
#include "suites.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <expected>
#include <numeric>
#include <optional>
#include <string>
#include <variant>

using namespace pith;
using cpu::hidden;
using testing::check;
using testing::check_equal;

// The compiler's own guard against writing past an array.
extern "C" std::uintptr_t __stack_chk_guard;

namespace {

constinit std::array<std::uint8_t, 8192> left{}, right{};

void fill_with_a_pattern(std::span<std::uint8_t> bytes) {
    for (std::size_t index = 0; index < bytes.size(); ++index)
        bytes[index] = static_cast<std::uint8_t>(index * 7 + 3);
}

void memory_is_copied() {
    fill_with_a_pattern(left);
    for (std::size_t const size : {0U, 1U, 7U, 8U, 31U, 64U, 65U, 511U, 512U, 4099U}) {
        std::ranges::fill(right, std::uint8_t{0xee});
        std::memcpy(&right[1], &left[3], hidden(size));
        check(std::ranges::equal(std::span{right}.subspan(1, size), std::span{left}.subspan(3, size)));
        check_equal(right[0], 0xee);
        check_equal(right[size + 1], 0xee);
    }
}

void memory_is_moved_over_itself() {
    fill_with_a_pattern(left);
    fill_with_a_pattern(right);
    std::memmove(&left[5], &left[0], hidden(std::size_t{5000}));
    check(std::ranges::equal(std::span{left}.subspan(5, 5000), std::span{right}.first(5000)));
    std::memmove(&left[0], &left[5], hidden(std::size_t{5000}));
    check(std::ranges::equal(std::span{left}.first(5000), std::span{right}.first(5000)));
}

void memory_is_filled_and_compared() {
    std::memset(left.data(), 0xab, hidden(left.size()));
    check(std::ranges::all_of(left, [](std::uint8_t byte) { return byte == 0xab; }));
    right = left;
    check_equal(std::memcmp(left.data(), right.data(), hidden(left.size())), 0);
    right[8000] = 0xac;
    check(std::memcmp(left.data(), right.data(), hidden(left.size())) < 0);
}

void wide_integers_are_divided() {
    auto const dividend = hidden(std::uint64_t{1'000'003});
    auto const wide     = static_cast<unsigned __int128>(dividend) << 64;
    check_equal(static_cast<std::uint64_t>(wide / dividend >> 64), 1U);
    check_equal(static_cast<std::uint64_t>(wide % (dividend + 2)), 301'273U);
    check_equal(static_cast<std::int64_t>(-static_cast<__int128>(wide) / static_cast<__int128>(wide)), -1);
}

void the_library_formats_and_searches() {
    std::array<char, 64> text{};
    auto const end = std::format_to(text.begin(), "{:>5}|{:<5}|{:#06x}|{}", 42, "ab", 255, true);
    check_equal(std::string_view(text.begin(), end), "   42|ab   |0x00ff|true");
    std::array numbers{3, 1, 2};
    std::ranges::sort(numbers);
    check(std::ranges::is_sorted(numbers));
    check_equal(std::accumulate(numbers.begin(), numbers.end(), 0), 6);
}

void short_strings_need_no_heap() {
    std::string text{"fifteen letters"};
    text.back() = 'z';
    check_equal(std::string_view{text}, "fifteen letterz");
}

void the_stack_guard_was_chosen() {
    check(__stack_chk_guard != 0);
    check_equal(__stack_chk_guard & 0xff, 0U);
    check(__stack_chk_guard != 0x7265'6461'6572'0000);
    console::print("guard {:#x} ", __stack_chk_guard);  // who runs this twice compares (pith.differs)
}

// The same stack is used three times: somebody leaves something there, and two forget to initialise what they have.
using Leftovers = std::array<std::uint8_t, 256>;

[[gnu::noinline]] void leave_something_on_the_stack() {
    Leftovers bytes;
    std::ranges::fill(bytes, std::uint8_t{0x5a});
    asm volatile("" : : "r"(bytes.data()) : "memory");
}

[[gnu::noinline]] bool finds_something_on_the_stack() {
    Leftovers bytes;
    asm volatile("" : : "r"(bytes.data()) : "memory");
    return std::ranges::contains(bytes, std::uint8_t{0x5a});
}

[[gnu::noinline]] bool finds_something_if_it_may() {
    [[clang::uninitialized]] Leftovers bytes;
    asm volatile("" : : "r"(bytes.data()) : "memory");
    return std::ranges::contains(bytes, std::uint8_t{0x5a});
}

void a_forgotten_variable_is_zero() {
    leave_something_on_the_stack();
    check(finds_something_if_it_may());
    leave_something_on_the_stack();
    check(!finds_something_on_the_stack());
}

// -- What must be caught ----------------------------------------------------------------------------------

void an_index_out_of_range_panics() {
    std::array<int, 3> const numbers{1, 2, 3};
    std::span<int const> const view{numbers};
    console::println("{}", view[hidden(std::size_t{3})]);
}

void an_empty_optional_panics() {
    std::optional<int> nothing;
    asm volatile("" : : "r"(&nothing) : "memory");
    console::println("{}", *nothing);
}

void an_unexpected_value_panics() {
    std::expected<int, int> error = std::unexpected{1};
    asm volatile("" : : "r"(&error) : "memory");
    console::println("{}", *error);
}

void a_wrong_alternative_panics() {
    std::variant<int, char> value = 1;
    asm volatile("" : : "r"(&value) : "memory");
    console::println("{}", std::get<char>(value));
}

[[gnu::noinline]] void write_past_an_array(std::size_t count) {
    std::array<char, 16> array;
    char* position = array.data();
    asm volatile("" : "+r"(position));
// SAFETY: because nothing is safe here: this is the mistake that the stack protector must catch.
#pragma clang unsafe_buffer_usage begin
    for (std::size_t index = 0; index < count; ++index) position[index] = 'x';
#pragma clang unsafe_buffer_usage end
    asm volatile("" : : "r"(position) : "memory");
}

void a_smashed_stack_panics() { write_past_an_array(hidden(std::size_t{40})); }

// Its constructor calls, by a detour that the compiler does not follow, what only a derived class has.
class Unfinished {
public:
    explicit Unfinished(int depth) { take_detour(depth); }

protected:
    ~Unfinished() = default;

private:
    void take_detour(int depth) {
        if (depth > 0) return take_detour(depth - 1);
        finish();
    }
    virtual void finish() = 0;
};

class Finished final : public Unfinished {
public:
    using Unfinished::Unfinished;

private:
    void finish() override {}
};

void a_pure_virtual_call_panics() { Finished const object{hidden(3)}; }

constexpr testing::Test tests_of_runtime[] = {
    {"runtime.memory_is_copied", memory_is_copied},
    {"runtime.memory_is_moved_over_itself", memory_is_moved_over_itself},
    {"runtime.memory_is_filled_and_compared", memory_is_filled_and_compared},
    {"runtime.wide_integers_are_divided", wide_integers_are_divided},
    {"runtime.the_library_formats_and_searches", the_library_formats_and_searches},
    {"runtime.short_strings_need_no_heap", short_strings_need_no_heap},
    {"runtime.the_stack_guard_was_chosen", the_stack_guard_was_chosen},
    {"runtime.an_index_out_of_range_panics", an_index_out_of_range_panics, "index out of range"},
    {"runtime.an_empty_optional_panics", an_empty_optional_panics,
     "optional operator* called on a disengaged value"},
    {"runtime.an_unexpected_value_panics", an_unexpected_value_panics,
     "expected::operator* requires the expected to contain a value"},
    {"runtime.a_wrong_alternative_panics", a_wrong_alternative_panics, "bad_variant_access"},
    {"runtime.a_forgotten_variable_is_zero", a_forgotten_variable_is_zero},
    {"runtime.a_smashed_stack_panics", a_smashed_stack_panics, "stack smashing"},
    {"runtime.a_pure_virtual_call_panics", a_pure_virtual_call_panics, "a pure virtual function was called"},
};

}  // namespace

constinit testing::Suite const tests::runtime_suite = tests_of_runtime;
