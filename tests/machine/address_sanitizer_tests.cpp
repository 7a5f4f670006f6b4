// Code that is compiled with the address sanitizer: wrong reads and writes of the heap's blocks are panics,
// at once.
#include "suites.hpp"

#include "frames/start.hpp"
#include "heap/checked/start.hpp"
#include "paging/kernel_map.hpp"

#include <algorithm>
#include <array>
#include <cstring>
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

// Only the last byte of them is wrong. The compiler has a call for each size, and one for all others.

struct [[gnu::packed]] Unaligned {
    std::uint64_t value;
};

template <typename Value>
void a_wide_read_panics() {
    start();
    static_cast<void>(read<Value>(get(111), 112 - static_cast<std::ptrdiff_t>(sizeof(Value))));
}

template <typename Value>
void a_wide_write_panics() {
    start();
    *static_cast<Value volatile*>(at<Value>(get(111), 112 - static_cast<std::ptrdiff_t>(sizeof(Value)))) = 1;
}

void an_unaligned_read_panics() {
    start();
    static_cast<void>(at<Unaligned volatile>(get(111), 104)->value);
}

void an_unaligned_write_panics() {
    start();
    at<Unaligned volatile>(get(111), 104)->value = 1;
}

void a_copy_from_too_little_panics() {
    start();
    std::copy_n(get(111), 112, at<char>(get(112), 0));
}

void a_copy_to_too_little_panics() {
    start();
    auto* const from = get(112);
    std::memcpy(at<char>(get(111), 0), from, 112);
}

void a_move_from_too_little_panics() {
    start();
    std::memmove(at<char>(get(112), 0), at<char>(get(111), 0), 112);
}

void a_move_to_too_little_panics() {
    start();
    auto* const from = at<char>(get(112), 0);
    std::memmove(at<char>(get(111), 0), from, 112);
}

void a_fill_of_too_much_panics() {
    start();
    std::memset(at<char>(get(111), 0), 1, 112);
}

// What is compiled here may be what the linker takes for the heap itself, too.
void the_heap_may_touch_everything() {
    start();
    auto* const block = get(100);
    {
        heap::HeapAtWork const at_work;
        heap::the_checked_heap.with([](auto& heap) { heap.check(); });
        check_equal(read<std::uint8_t>(block, 100), 0xfd);
    }
    ::operator delete(block);
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

constexpr std::string_view past_the_end = " were accessed past their end: byte 111";

constexpr testing::Test tests_of_address_sanitizer[] = {
    {"address_sanitizer.a_read_one_byte_past_the_end_panics", a_read_one_byte_past_the_end_panics,
     " were accessed past their end: byte 100"},
    {"address_sanitizer.a_read_before_the_start_panics", a_read_before_the_start_panics,
     " were accessed before their start: byte -1"},
    {"address_sanitizer.a_read_after_free_panics", a_read_after_free_panics,
     " were accessed after they were freed: byte 50"},
    {"address_sanitizer.a_read_of_1_panics", a_wide_read_panics<std::uint8_t>, past_the_end},
    {"address_sanitizer.a_read_of_2_panics", a_wide_read_panics<std::uint16_t>, past_the_end},
    {"address_sanitizer.a_read_of_4_panics", a_wide_read_panics<std::uint32_t>, past_the_end},
    {"address_sanitizer.a_read_of_8_panics", a_wide_read_panics<std::uint64_t>, past_the_end},
    {"address_sanitizer.a_read_of_16_panics", a_wide_read_panics<unsigned __int128>, past_the_end},
    {"address_sanitizer.a_write_of_1_panics", a_wide_write_panics<std::uint8_t>, past_the_end},
    {"address_sanitizer.a_write_of_2_panics", a_wide_write_panics<std::uint16_t>, past_the_end},
    {"address_sanitizer.a_write_of_4_panics", a_wide_write_panics<std::uint32_t>, past_the_end},
    {"address_sanitizer.a_write_of_8_panics", a_wide_write_panics<std::uint64_t>, past_the_end},
    {"address_sanitizer.a_write_of_16_panics", a_wide_write_panics<unsigned __int128>, past_the_end},
    {"address_sanitizer.an_unaligned_read_panics", an_unaligned_read_panics, past_the_end},
    {"address_sanitizer.an_unaligned_write_panics", an_unaligned_write_panics, past_the_end},
    {"address_sanitizer.a_copy_from_too_little_panics", a_copy_from_too_little_panics, past_the_end},
    {"address_sanitizer.a_copy_to_too_little_panics", a_copy_to_too_little_panics, past_the_end},
    {"address_sanitizer.a_move_from_too_little_panics", a_move_from_too_little_panics, past_the_end},
    {"address_sanitizer.a_move_to_too_little_panics", a_move_to_too_little_panics, past_the_end},
    {"address_sanitizer.a_fill_of_too_much_panics", a_fill_of_too_much_panics, past_the_end},
    {"address_sanitizer.the_heap_may_touch_everything", the_heap_may_touch_everything},
    {"address_sanitizer.what_is_right_passes", what_is_right_passes},
};

}  // namespace

constinit testing::Suite const tests::address_sanitizer_suite = tests_of_address_sanitizer;

}  // namespace pith
