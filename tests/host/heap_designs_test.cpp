// The heap's simpler designs: their promises, what defeats each, and random operations beside a model.
#include "heap/designs/bump.hpp"
#include "heap/designs/fixed_size.hpp"
#include "heap/designs/linked_list.hpp"

#include "failure.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <vector>

namespace pith::heap {
namespace {

using testing::failure_of;

struct alignas(4096) Memory {
    std::array<std::byte, 65'536> bytes{};
};

struct Designs : ::testing::Test {
    Memory memory;
};

TEST_F(Designs, BumpGivesAllAgainWhenAllCameBack) {
    Bump bump{memory.bytes};
    auto* const first = bump.allocate(40'000, 1);
    EXPECT_EQ(bump.allocate(40'000, 1), nullptr);
    bump.free(first);
    EXPECT_EQ(bump.allocate(65'536, 1), first);
    EXPECT_EQ(bump.allocate(1, 1), nullptr);
}

TEST_F(Designs, BumpIsDefeatedByOneBlockThatStays) {
    Bump bump{memory.bytes};
    auto* const staying = bump.allocate(1, 1);
    std::size_t rounds  = 0;
    while (auto* const block = bump.allocate(64, 16)) {
        bump.free(block);
        ++rounds;
    }
    EXPECT_EQ(rounds, 1023U);
    bump.free(staying);
    EXPECT_NE(bump.allocate(64, 16), nullptr);
}

TEST_F(Designs, BumpCountsWhatIsFreed) {
    Bump bump{memory.bytes};
    EXPECT_EQ(failure_of([&] {
                  bump.free(nullptr);
                  return 0;
              }),
              "more blocks were freed than were given out");
}

TEST_F(Designs, NothingWrapsAround) {
    Bump bump{memory.bytes};
    LinkedList list{memory.bytes};
    for (auto const size : {~std::size_t{0}, ~std::size_t{0} - 15, std::size_t{1} << 63}) {
        EXPECT_EQ(bump.allocate(size, 16), nullptr);
        EXPECT_EQ(list.allocate(size, 16), nullptr);
    }
    EXPECT_EQ(list.allocate(16, std::size_t{1} << 63), nullptr);
}

TEST_F(Designs, AListMergesOnBothSides) {
    for (auto const order : {std::array{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
        LinkedList list{memory.bytes};
        std::array<void*, 3> blocks{};
        for (auto*& block : blocks) block = list.allocate(100, 16);
        for (auto const index : order) list.free(blocks.at(static_cast<std::size_t>(index)), 100);
        EXPECT_EQ(list.hole_count(), 1U);
        EXPECT_NE(list.allocate(65'536, 16), nullptr);
    }
}

TEST_F(Designs, AListFindsWhatIsFreedTwice) {
    LinkedList list{memory.bytes};
    auto* const block = list.allocate(100, 16);
    list.free(block, 100);
    EXPECT_EQ(failure_of([&] {
                  list.free(block, 100);
                  return 0;
              }),
              "memory was freed that is free");
}

TEST_F(Designs, AListIsDefeatedByManyHoles) {
    LinkedList list{memory.bytes};
    std::vector<void*> blocks;
    while (auto* const block = list.allocate(16, 16)) blocks.push_back(block);
    for (std::size_t index = 0; index < blocks.size(); index += 2) list.free(blocks[index], 16);
    EXPECT_EQ(list.hole_count(), 2048U);
    EXPECT_EQ(list.allocate(32, 16), nullptr);  // half of all memory is free
}

TEST_F(Designs, FixedSizesAreDefeatedByAChangeOfSizes) {
    FixedSize fixed{memory.bytes};
    std::vector<void*> blocks;
    while (auto* const block = fixed.allocate(16, 16)) blocks.push_back(block);
    EXPECT_EQ(blocks.size(), 4096U);
    for (auto* const block : blocks) fixed.free(block, 16, 16);
    EXPECT_NE(fixed.allocate(16, 16), nullptr);
    EXPECT_EQ(fixed.allocate(32, 16), nullptr);  // nearly all memory is free
}

// ---- All at random ---------------------------------------------------------------------------------------

void free_in(Bump& bump, void* block, std::size_t, std::size_t) { bump.free(block); }
void free_in(LinkedList& list, void* block, std::size_t size, std::size_t) { list.free(block, size); }
void free_in(FixedSize& fixed, void* block, std::size_t size, std::size_t alignment) {
    fixed.free(block, size, alignment);
}

template <typename Design>
struct AnyDesign : ::testing::Test {
    struct Block {
        std::byte* start;
        std::size_t size, alignment;
        std::byte mark;
    };
    Memory memory;
    Design design{memory.bytes};
    std::vector<Block> blocks;
    std::mt19937 random{1};

    void allocate() {
        auto const size      = random() % (std::size_t{2} << random() % 13),
                   alignment = std::size_t{1} << random() % 13;
        auto* const start    = static_cast<std::byte*>(design.allocate(size, alignment));
        if (start == nullptr) return;
        ASSERT_EQ(std::bit_cast<std::uintptr_t>(start) % alignment, 0U);
        ASSERT_GE(start, memory.bytes.data());
        ASSERT_LE(start + size, memory.bytes.data() + memory.bytes.size());
        blocks.push_back({start, size, alignment, static_cast<std::byte>(random())});
        std::fill_n(start, size, blocks.back().mark);
    }
    void free(std::size_t index) {
        auto const block = blocks[index];
        ASSERT_EQ(std::count(block.start, block.start + block.size, block.mark),
                  static_cast<long>(block.size));
        free_in(design, block.start, block.size, block.alignment);
        blocks[index] = blocks.back();
        blocks.pop_back();
    }
};
using All = ::testing::Types<Bump, LinkedList, FixedSize>;
TYPED_TEST_SUITE(AnyDesign, All);

TYPED_TEST(AnyDesign, KeepsItsPromisesAtRandom) {
    for (int step = 0; step < 300'000; ++step) {
        if (this->blocks.empty() || this->random() % 2 == 0)
            this->allocate();
        else
            this->free(this->random() % this->blocks.size());
        if (step % 5000 == 0)
            while (!this->blocks.empty()) this->free(0);
        if (this->HasFatalFailure()) return;
    }
}

}  // namespace
}  // namespace pith::heap
