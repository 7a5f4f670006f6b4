// Code that is compiled with the address sanitizer: wrong reads and writes of the heap's blocks are panics,
// at once.
#include "suites.hpp"

#include "frames/start.hpp"
#include "paging/kernel_map.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace pith {
namespace {

using testing::check_equal;

void start() {
    frames::start(tests::handoff());
    paging::start(tests::handoff());
}

// The compiler must not see what block it is.
[[gnu::noinline]] char* get(std::size_t size) { return static_cast<char*>(::operator new(size)); }

template <typename Value>
[[gnu::noinline]] Value* at(char* block, std::ptrdiff_t offset) {
    // SAFETY: because no address that is asked for here is outside of the heap's memory.
    return std::bit_cast<Value*>(std::bit_cast<std::intptr_t>(block) + offset);
}
// (A read of which nothing comes must not be left out.)
template <typename Value>
Value read(char* block, std::ptrdiff_t offset) {
    return *static_cast<Value volatile*>(at<Value>(block, offset));
}

void a_read_one_byte_past_the_end_panics() {
    start();
    auto* const block = get(100);
    check_equal(read<char>(block, 99), '\xcd');
    static_cast<void>(read<char>(block, 100));
}

// Only its last byte is wrong.
void a_wide_read_past_the_end_panics() {
    start();
    static_cast<void>(read<std::uint64_t>(get(103), 96));
}

void a_read_before_the_start_panics() {
    start();
    static_cast<void>(read<char>(get(100), -1));
}

void a_read_after_free_panics() {
    start();
    auto* const block = get(100);
    ::operator delete(block);
    static_cast<void>(read<char>(block, 50));
}

void a_write_past_the_end_panics() {
    start();
    *at<char>(get(100), 100) = 'A';
}

void a_copy_past_the_end_panics() {
    start();
    std::copy_n(get(100), 101, at<char>(get(101), 0));
}

// A million right accesses, and what was freed and is had again.
void what_is_right_passes() {
    start();
    for (std::size_t size = 1; size < 1000; ++size) {
        auto const vector = std::vector<std::uint8_t>(size, 1);
        check_equal(static_cast<std::size_t>(std::ranges::count(vector, 1)), size);
    }
    auto const large = std::make_unique<std::array<std::uint64_t, 500'000>>();
    check_equal(std::ranges::count(*large, 0U), 500'000);
}

constexpr testing::Test tests_of_address_sanitizer[] = {
    {"address_sanitizer.a_read_one_byte_past_the_end_panics", a_read_one_byte_past_the_end_panics,
     " were accessed past their end: byte 100"},
    {"address_sanitizer.a_wide_read_past_the_end_panics", a_wide_read_past_the_end_panics,
     " were accessed past their end: byte 103"},
    {"address_sanitizer.a_read_before_the_start_panics", a_read_before_the_start_panics,
     " were accessed before their start: byte -1"},
    {"address_sanitizer.a_read_after_free_panics", a_read_after_free_panics,
     " were accessed after they were freed: byte 50"},
    {"address_sanitizer.a_write_past_the_end_panics", a_write_past_the_end_panics,
     " were accessed past their end: byte 100"},
    {"address_sanitizer.a_copy_past_the_end_panics", a_copy_past_the_end_panics,
     " were accessed past their end: byte 100"},
    {"address_sanitizer.what_is_right_passes", what_is_right_passes},
};

}  // namespace

constinit testing::Suite const tests::address_sanitizer_suite = tests_of_address_sanitizer;

}  // namespace pith
