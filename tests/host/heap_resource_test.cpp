// Containers of the C++ library on each allocator, through a memory resource.
#include "heap/designs/bump.hpp"
#include "heap/designs/fixed_size.hpp"
#include "heap/designs/linked_list.hpp"
#include "heap/heap.hpp"
#include "heap/resource.hpp"

#include "failure.hpp"
#include "heap_pages.hpp"

#include <gtest/gtest.h>

#include <array>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace pith::heap {
namespace {

using testing::failure_of;
using testing::HeapPages;

constexpr std::size_t memory_bytes = std::size_t{1} << 20;

template <typename Design>
struct InMemory {
    std::vector<std::byte> memory{memory_bytes};
    Design allocator{memory};

    bool has_come_back() { return allocator.allocate(memory_bytes - 4096, 16) != nullptr; }
};
// What was a small block stays one: only it can be had again.
template <>
struct InMemory<FixedSize> {
    std::vector<std::byte> memory{memory_bytes};
    FixedSize allocator{memory};

    bool has_come_back() { return allocator.allocate(16, 16) != nullptr; }
};
template <>
struct InMemory<Heap<HeapPages::Source>> {
    HeapPages pages;
    Heap<HeapPages::Source> allocator{HeapPages::Source{&pages}};

    InMemory() { pages.allow(memory_bytes); }
    bool has_come_back() { return allocator.statistics().used_bytes == 0; }
};

template <typename Allocator>
struct ResourceOn : ::testing::Test {
    InMemory<Allocator> in;
    Resource<Allocator> resource{in.allocator};
};
using All = ::testing::Types<Bump, LinkedList, FixedSize, Heap<HeapPages::Source>>;
TYPED_TEST_SUITE(ResourceOn, All);

TYPED_TEST(ResourceOn, ContainersLive) {
    {
        std::pmr::map<std::pmr::string, std::pmr::vector<int>> by_name{&this->resource};
        std::pmr::unordered_map<int, std::pmr::list<int>> by_number{&this->resource};
        for (int number = 0; number < 1000; ++number) {
            auto const name = std::to_string(number % 50) + " is a name that has to be allocated";
            by_name[name.c_str()].push_back(number);
            by_number[number % 100].push_back(number);
        }
        EXPECT_EQ(by_name.size(), 50U);
        for (auto const& [name, numbers] : by_name) {
            EXPECT_EQ(numbers.size(), 20U);
            EXPECT_EQ(name.get_allocator().resource(), &this->resource);
            for (int const number : numbers)
                EXPECT_EQ(name,
                          (std::to_string(number % 50) + " is a name that has to be allocated").c_str());
        }
        for (auto const& [number, all] : by_number) EXPECT_EQ(all.size(), 10U) << number;
    }
    EXPECT_TRUE(this->in.has_come_back());
}

TYPED_TEST(ResourceOn, BlocksAreAligned) {
    for (std::size_t alignment = 1; alignment <= 4096; alignment *= 2) {
        for (auto const size : std::to_array<std::size_t>({1, 16, 100, 5000})) {
            auto* const block = this->resource.allocate(size, alignment);
            EXPECT_EQ(std::bit_cast<std::uintptr_t>(block) % alignment, 0U);
            this->resource.deallocate(block, size, alignment);
        }
    }
}

TYPED_TEST(ResourceOn, FailsWithoutMemory) {
    EXPECT_EQ(failure_of([&] { return this->resource.allocate(2 * memory_bytes); }),
              "no memory is left for 2097152 bytes");
}

TYPED_TEST(ResourceOn, IsEqualToItselfOnly) {
    Resource<TypeParam> const other{this->in.allocator};
    EXPECT_TRUE(this->resource == this->resource);
    EXPECT_FALSE(this->resource == other);
}

}  // namespace
}  // namespace pith::heap
