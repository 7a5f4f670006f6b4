// Calls through pointers that somebody has changed: each is stopped, and named.
//
// What the pointers lead to, nobody may enter so: whatever runs there fails the test.
#include "cpu/fixup.hpp"
#include "cpu/hidden.hpp"
#include "cpu/raise.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "suites.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <format>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

using Predicate = bool (*)(int);

bool is_even(int number) { return number % 2 == 0; }

// What an attacker would like to have called.
void open_the_door(std::uint64_t times) { check(times == 0); }
std::uint64_t address_of_the_door() { return std::bit_cast<std::uint64_t>(&open_the_door); }

// A structure with a pointer, as it lies on the heap, and what is written over it.
struct Filter {
    std::array<char, 8> name;
    Predicate passes;
};

template <typename Pointer>
Pointer pointer_to(std::uint64_t address) {
    return cpu::hidden(std::bit_cast<Pointer>(address));
}

bool call(Filter const& filter) { return filter.passes(42); }

// -- What is in order ---------------------------------------------------------------------------------------

void a_right_pointer_is_called() {
    check(call({.name = {}, .passes = cpu::hidden(&is_even)}));
    Predicate const lambda = [](int number) { return number == 42; };
    check(call({.name = {}, .passes = cpu::hidden(lambda)}));
}

struct Visited {
    int operator()(int number) const { return number; }
    int operator()(std::string const& text) const { return static_cast<int>(text.size()); }
};

// Where libc++ keeps pointers to functions: function, deleters, tables of visitors, comparisons, formatters.
void the_librarys_pointers_are_called() {
    frames::start(tests::handoff());
    paging::start(tests::handoff());
    std::function<int(int)> const twice = [](int number) { return 2 * number; };
    check_equal(cpu::hidden(&twice)->operator()(21), 42);
    std::function<bool(int)> const even = is_even;
    check(cpu::hidden(&even)->operator()(42));

    static constinit int deleted = 0;
    auto const count             = [](int const* number) { deleted += *number, delete number; };
    {
        std::shared_ptr<int> const shared{new int{3}, count};
    }
    {
        std::unique_ptr<int, void (*)(int const*)> const unique{new int{4}, count};
    }
    check_equal(deleted, 7);

    std::variant<int, std::string> choice = "seven!!";
    check_equal(std::visit(Visited{}, *cpu::hidden(&choice)), 7);

    std::vector numbers{3, 1, 2};
    std::ranges::sort(numbers,
                      cpu::hidden(static_cast<bool (*)(int, int)>([](int a, int b) { return a > b; })));
    check(numbers == std::vector{3, 2, 1});
    check(std::format("{:>4} {} {:#x}", "ab", true, 255) == "  ab true 0xff");
}

struct Base {
    virtual int answer() const = 0;

protected:
    ~Base() = default;
};
struct Derived final : Base {
    int answer() const override { return 42; }
};

// Virtual calls are not checked. What they go by is a table among the constants, which nobody can write to.
void a_table_of_virtual_functions_cannot_be_written() {
    frames::start(tests::handoff());
    paging::start(tests::handoff());
    Derived const derived;
    // SAFETY: because an object with virtual functions begins with the address of its table.
    auto const table   = *std::bit_cast<std::uint64_t const*>(cpu::hidden(&derived));
    auto const written = cpu::try_write<std::uint64_t>(VirtAddr{table}, address_of_the_door());
    check(!written.has_value());
    if (!written)
        check_equal(written.error().error_code(), 3U);  // the page is there, and must not be written
    check_equal(cpu::hidden<Base const*>(&derived)->answer(), 42);
}

// -- What is not --------------------------------------------------------------------------------------------

void a_pointer_of_another_type_is_stopped() {
    Filter const filter{.name = {}, .passes = pointer_to<Predicate>(address_of_the_door())};
    check(!call(filter));
}

// Behind the first instructions, where perhaps a check stood.
void the_middle_of_a_function_is_stopped() {
    constexpr std::uint64_t behind_the_prologue = 4;
    Filter const filter{.name   = {},
                        .passes = pointer_to<Predicate>(address_of_the_door() + behind_the_prologue)};
    check(!call(filter));
}

// Bytes of the attacker's own: what is said of them is where they lie.
void data_is_stopped() {
    static constinit std::array<std::uint64_t, 2> code{0xc3c3'c3c3'c3c3'c3c3, 0xc3c3'c3c3'c3c3'c3c3};
    check(!call({.name = {}, .passes = pointer_to<Predicate>(std::bit_cast<std::uint64_t>(&code[1]))}));
}

// The name overflows into the pointer, as text that is too long does.
void an_overflow_into_a_pointer_is_stopped() {
    Filter filter{.name = {}, .passes = is_even};
    // SAFETY: because it is the attack: a structure of 16 bytes is overwritten as two numbers.
    *cpu::hidden(std::bit_cast<std::array<std::uint64_t, 2>*>(&filter)) = {0x6161'6161'6161'6161,
                                                                           address_of_the_door()};
    check(!call(*cpu::hidden(&filter)));
}

constexpr auto stopped_at_the_door = "kCFI: a call through a pointer of the wrong type, target open_the_door";

constexpr testing::Test tests_of_calls[] = {
    {"call_check.a_right_pointer_is_called", a_right_pointer_is_called},
    {"call_check.the_librarys_pointers_are_called", the_librarys_pointers_are_called},
    {"call_check.a_table_of_virtual_functions_cannot_be_written",
     a_table_of_virtual_functions_cannot_be_written},
    {"call_check.a_pointer_of_another_type_is_stopped", a_pointer_of_another_type_is_stopped,
     stopped_at_the_door},
    {"call_check.the_middle_of_a_function_is_stopped", the_middle_of_a_function_is_stopped,
     "target open_the_door + 0x4"},
    {"call_check.data_is_stopped", data_is_stopped, "target 0xffffffff"},
    {"call_check.an_overflow_into_a_pointer_is_stopped", an_overflow_into_a_pointer_is_stopped,
     stopped_at_the_door},
};

}  // namespace

constinit testing::Suite const tests::call_check_suite = tests_of_calls;
