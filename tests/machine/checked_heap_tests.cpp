// The heap in checking mode: every misuse is a panic that names the block and who had it; leaks are named.
#include "heap_in_use.hpp"
#include "suites.hpp"

#include "frames/start.hpp"
#include "heap/checked/start.hpp"
#include "paging/kernel_map.hpp"

#include <memory>
#include <new>
#include <string>
#include <vector>

namespace pith {

std::size_t tests::heap_bytes_in_use() {
    return heap::the_checked_heap.with([](auto& heap) { return heap.in_use().bytes; });
}

constinit std::size_t const tests::tenths_in_small_blocks = 6, tests::tenths_in_one_block = 1;

namespace {

using testing::check_equal;

void start() {
    frames::start(tests::handoff());
    paging::start(tests::handoff());
}

// None of them is inlined: two shall be found by their names, and the compiler must not see what happens to a
// block, or it leaves it out.
[[gnu::noinline]] void* get(std::size_t size) { return ::operator new(size); }
[[gnu::noinline]] void put(void* block) { ::operator delete(block); }
[[gnu::noinline]] void* at(void* block, std::ptrdiff_t offset) {
    // SAFETY: because no address that is asked for here is outside of the heap's memory.
    return std::bit_cast<void*>(std::bit_cast<std::intptr_t>(block) + offset);
}
void write(void* block, std::ptrdiff_t offset) {
    std::construct_at(static_cast<char*>(at(block, offset)), 'A');
}

void double_free_panics() {
    start();
    auto* const block = get(100);
    put(block);
    put(block);
}

void the_middle_of_a_block_panics() {
    start();
    put(at(get(100), 16));
}

void foreign_memory_panics() {
    start();
    put(const_cast<boot::Handoff*>(&tests::handoff()));
}

void a_wrong_size_panics() {
    start();
    ::operator delete(get(100), std::size_t{99});
}

void a_wrong_size_of_an_array_panics() {
    start();
    ::operator delete[](::operator new[](100), std::size_t{101});
}

void a_wrong_size_with_alignment_panics() {
    start();
    ::operator delete(::operator new(100, std::align_val_t{64}), std::size_t{101}, std::align_val_t{64});
}

void a_wrong_alignment_of_an_array_panics() {
    start();
    ::operator delete[](::operator new[](100, std::align_val_t{64}), std::size_t{100}, std::align_val_t{32});
}

struct Base {
    int number = 0;
};
struct Derived : Base {
    int more = 0;
};

[[gnu::noinline]] std::unique_ptr<Base> make_derived() { return std::make_unique<Derived>(); }

// What a forgotten virtual destructor does.
void deleting_by_the_base_panics() {
    start();
    static_cast<void>(make_derived());
}

// The compiler would see, and warn of, what goes wrong with expressions of one function.
[[gnu::noinline]] int* make_one() { return new int{1}; }
[[gnu::noinline]] int* make_many() { return new int[10]{}; }
[[gnu::noinline]] std::string* make_strings() { return new std::string[3]{}; }
struct alignas(64) Aligned {
    std::byte bytes[64];
};
[[gnu::noinline]] Aligned* make_aligned() { return new Aligned; }
[[gnu::noinline]] Aligned* make_many_aligned() { return new Aligned[2]; }

void new_and_delete_of_an_array_panic() {
    start();
    delete[] make_one();
}

void new_of_an_array_and_delete_panic() {
    start();
    delete make_many();
}

// Their number stands before them.
void new_of_an_array_of_strings_and_delete_panic() {
    start();
    delete make_strings();
}

void aligned_new_and_delete_of_an_array_panic() {
    start();
    delete[] make_aligned();
}

void aligned_new_of_an_array_and_delete_panic() {
    start();
    delete make_many_aligned();
}

void a_wrong_alignment_panics() {
    start();
    put(::operator new(100, std::align_val_t{64}));
}

void a_needless_alignment_panics() {
    start();
    ::operator delete(get(100), std::align_val_t{64});
}

void a_write_past_the_end_panics() {
    start();
    auto* const block = get(100);
    write(block, 100);
    put(block);
}

void a_write_before_the_start_panics() {
    start();
    auto* const block = get(100);
    write(block, -1);
    put(block);
}

void a_write_after_free_panics() {
    start();
    auto* const block = get(100);
    put(block);
    write(block, 99);
    heap::check_all_blocks();
}

// Nobody looks for it: the block leaves the quarantine.
void a_write_after_free_is_found_later() {
    start();
    auto* const block = get(100);
    put(block);
    write(block, 99);
    for (int index = 0; index < 20'000; ++index) put(get(100));
}

// Nobody frees the block, either: it is looked at when the test is over.
void a_write_is_found_after_the_test() {
    start();
    write(get(100), 100);
}

// ---- Leaks -----------------------------------------------------------------------------------------------

[[gnu::noinline]] void leak_on_purpose() {
#pragma clang loop unroll(disable)  // or there would be three callers
    for (int index = 0; index < 3; ++index) static_cast<void>(get(100));
}

void a_leak_is_named() {
    start();
    {
        std::vector<std::string> const freed(100, std::string(100, 'a'));
    }
    leak_on_purpose();
    heap::print_leaks();
}

// Who freed theirs are not named.
void nothing_else_is_named() {
    start();
    {
        std::vector<std::string> const freed(100, std::string(100, 'a'));
    }
    leak_on_purpose();
    unsigned callers = 0;
    heap::the_checked_heap.with([&](auto& heap) {
        heap.for_each_caller([&](heap::Caller const& caller) {
            ++callers;
            check_equal(caller.blocks, 3U);
            check_equal(caller.bytes, 300U);
        });
    });
    check_equal(callers, 1U);
}

constexpr testing::Test tests_of_checked_heap[] = {
    {"checked_heap.double_free_panics", double_free_panics, " were freed twice"},
    {"checked_heap.the_middle_of_a_block_panics", the_middle_of_a_block_panics,
     " were freed by an address 16 bytes inside"},
    {"checked_heap.foreign_memory_panics", foreign_memory_panics,
     "memory was freed that does not belong to the heap: ffff"},
    {"checked_heap.a_wrong_size_panics", a_wrong_size_panics, " were freed as 99 bytes"},
    {"checked_heap.a_wrong_size_of_an_array_panics", a_wrong_size_of_an_array_panics,
     " were freed as 101 bytes"},
    {"checked_heap.a_wrong_size_with_alignment_panics", a_wrong_size_with_alignment_panics,
     " were freed as 101 bytes"},
    {"checked_heap.a_wrong_alignment_of_an_array_panics", a_wrong_alignment_of_an_array_panics,
     " were allocated with alignment 64 and freed with 32 (0: with none)"},
    {"checked_heap.deleting_by_the_base_panics", deleting_by_the_base_panics, " were freed as 4 bytes"},
    {"checked_heap.new_and_delete_of_an_array_panic", new_and_delete_of_an_array_panic,
     " were allocated by new and freed by delete[]"},
    {"checked_heap.new_of_an_array_and_delete_panic", new_of_an_array_and_delete_panic,
     " were allocated by new[] and freed by delete"},
    {"checked_heap.new_of_an_array_of_strings_and_delete_panic", new_of_an_array_of_strings_and_delete_panic,
     " were allocated by new[] and freed by delete, 8 bytes inside"},
    {"checked_heap.aligned_new_and_delete_of_an_array_panic", aligned_new_and_delete_of_an_array_panic,
     " were allocated by new and freed by delete[]"},
    {"checked_heap.aligned_new_of_an_array_and_delete_panic", aligned_new_of_an_array_and_delete_panic,
     " were allocated by new[] and freed by delete"},
    {"checked_heap.a_wrong_alignment_panics", a_wrong_alignment_panics,
     " were allocated with alignment 64 and freed with 0 (0: with none)"},
    {"checked_heap.a_needless_alignment_panics", a_needless_alignment_panics,
     " were allocated with alignment 0 and freed with 64 (0: with none)"},
    {"checked_heap.a_write_past_the_end_panics", a_write_past_the_end_panics,
     " were written to past their end: byte 100 is 0x41"},
    {"checked_heap.a_write_before_the_start_panics", a_write_before_the_start_panics,
     " were written to before their start: byte -1 is 0x41"},
    {"checked_heap.a_write_after_free_panics", a_write_after_free_panics,
     " were written to after they were freed: byte 99 is 0x41"},
    {"checked_heap.a_write_after_free_is_found_later", a_write_after_free_is_found_later,
     " were written to after they were freed: byte 99 is 0x41"},
    {"checked_heap.a_write_is_found_after_the_test", a_write_is_found_after_the_test,
     " were written to past their end: byte 100 is 0x41"},
    {"checked_heap.a_leak_is_named", a_leak_is_named, {}, "      300       3"},
    {"checked_heap.nothing_else_is_named", nothing_else_is_named},
};

}  // namespace

constinit testing::Suite const tests::checked_heap_suite = tests_of_checked_heap;

}  // namespace pith
