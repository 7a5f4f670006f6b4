// The heap's simpler designs: their promises, what defeats each, and random operations beside a model.
#include "heap/designs/bump.hpp"
#include "heap/designs/fixed_size.hpp"
#include "heap/designs/linked_list.hpp"

#include "design_model.hpp"
#include "failure.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace pith::heap {
namespace {

using testing::DesignModel;
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

constexpr auto record = [](std::string_view promise) { ADD_FAILURE() << "broken: " << promise; };

template <typename Design>
struct AnyDesign : ::testing::Test {
    DesignModel<Design, decltype(record)> model{record};
    std::mt19937 random{1};
};
using All = ::testing::Types<Bump, LinkedList, FixedSize>;
TYPED_TEST_SUITE(AnyDesign, All);

TYPED_TEST(AnyDesign, KeepsItsPromisesAtRandom) {
    auto& model  = this->model;
    auto& random = this->random;
    for (int step = 0; step < 300'000 && !this->HasFailure(); ++step) {
        if (model.count() == 0 || random() % 2 == 0)
            model.allocate(random() % (std::size_t{2} << random() % 13), std::size_t{1} << random() % 13);
        else
            model.free(random() % model.count());
        if (step % 5000 == 0) model.free_all();
    }
}

}  // namespace
}  // namespace pith::heap
