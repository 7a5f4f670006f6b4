// The heap in the kernel: the uses that defeat simpler ones, memory that ends, and misuse that is found. In
// two kernels: with the checking mode, and without (tests/plain_heap).
#include "heap_in_use.hpp"
#include "suites.hpp"

#include "frames/start.hpp"
#include "paging/kernel_map.hpp"

#include <array>
#include <format>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pith {
namespace {

using testing::check;
using testing::check_equal;

void start() {
    frames::start(tests::handoff());
    paging::start(tests::handoff());
}

using tests::heap_bytes_in_use;

void ten_thousand_temporary_strings() {
    start();
    auto const before  = heap_bytes_in_use();
    std::size_t length = 0;
    for (std::size_t index = 0; index < 10'000; ++index)
        length += (std::string(40 + index % 200, 'a') + std::format("{}", index)).size();
    check_equal(length, 1'433'890U);
    check_equal(heap_bytes_in_use(), before);
}

// What alternating frees leave can't be joined, and does not stand in the way.
void alternating_frees_then_one_large_block() {
    start();
    std::vector<std::unique_ptr<std::array<std::byte, 512>>> blocks(20'000);
    for (auto& block : blocks) block = std::make_unique<std::array<std::byte, 512>>();
    for (std::size_t index = 0; index < blocks.size(); index += 2) blocks[index].reset();
    auto const large = std::make_unique<std::byte[]>(4 << 20);
    check(large != nullptr);
}

void many_long_lived_boxes() {
    start();
    auto const before     = heap_bytes_in_use();
    auto const long_lived = std::make_unique<std::size_t>(1);
    std::size_t sum       = 0;
    for (std::size_t index = 0; index < 100'000; ++index) sum += *std::make_unique<std::size_t>(index);
    check_equal(sum, std::size_t{99'999} * 50'000);
    check_equal(*long_lived, 1U);
    check(heap_bytes_in_use() <= before + 16);
}

void a_map_of_100000_entries() {
    start();
    auto const before = heap_bytes_in_use();
    {
        std::map<std::size_t, std::size_t> map;
        for (std::size_t index = 0; index < 100'000; ++index) map[index * 7919 % 100'000] = index;
        check_equal(map.size(), 100'000U);
        for (std::size_t index = 0; index < 100'000; ++index) check_equal(map[index * 7919 % 100'000], index);
    }
    check_equal(heap_bytes_in_use(), before);
}

struct Node {
    Node* next;
    std::byte rest[1000];
};

// Twice: what came back is had again.
void memory_ends_and_comes_back() {
    start();
    auto const before = heap_bytes_in_use();
    std::size_t counts[2]{};
    for (auto& count : counts) {
        Node* last = nullptr;
        while (auto* const node = new (std::nothrow) Node{last, {}}) {
            last = node;
            ++count;
        }
        check(::operator new(1 << 20, std::nothrow) == nullptr);  // (a new-expression may be left out)
        while (last != nullptr) delete std::exchange(last, last->next);
    }
    check(counts[0] > 50'000);
    check(counts[1] >= counts[0]);
    check_equal(heap_bytes_in_use(), before);
    auto const large = std::make_unique<std::byte[]>(16 << 20);
    check(large != nullptr);
}

void without_memory_new_panics() {
    start();
    static_cast<void>(::operator new(std::size_t{1} << 50));
}

void foreign_memory_panics() {
    start();
    ::operator delete(const_cast<boot::Handoff*>(&tests::handoff()));
}

constexpr testing::Test tests_of_heap[] = {
    {"heap.ten_thousand_temporary_strings", ten_thousand_temporary_strings},
    {"heap.alternating_frees_then_one_large_block", alternating_frees_then_one_large_block},
    {"heap.many_long_lived_boxes", many_long_lived_boxes},
    {"heap.a_map_of_100000_entries", a_map_of_100000_entries},
    {"heap.memory_ends_and_comes_back", memory_ends_and_comes_back},
    {"heap.without_memory_new_panics", without_memory_new_panics,
     "no memory is left for 1125899906842624 bytes"},
    {"heap.foreign_memory_panics", foreign_memory_panics,
     "memory was freed that does not belong to the heap"},
};

}  // namespace

constinit testing::Suite const tests::heap_suite = tests_of_heap;

}  // namespace pith
