// The heap: each promise of its header, and millions of random operations beside a simple model.
#include "heap/heap.hpp"

#include "failure.hpp"
#include "heap_model.hpp"

#include <gtest/gtest.h>

#include <random>

namespace pith::heap {
namespace {

using testing::failure_of;
using testing::HeapModel;
using testing::HeapPages;
using TestHeap = Heap<HeapPages::Source>;

constexpr auto record = [](std::string_view promise) { ADD_FAILURE() << "broken: " << promise; };

struct HeapTest : ::testing::Test {
    HeapPages pages;
    TestHeap heap{HeapPages::Source{&pages}};

    std::vector<void*> allocate_many(std::size_t count, std::size_t size) {
        std::vector<void*> blocks;
        while (blocks.size() < count) {
            blocks.push_back(heap.allocate(size));
            EXPECT_NE(blocks.back(), nullptr);
        }
        return blocks;
    }
    void free_all(std::vector<void*> const& blocks) {
        for (auto* const block : blocks) heap.free(block);
    }
};

TEST(SizeClasses, WasteAtMostANinthAboveTheSmallOnes) {
    for (std::size_t size = 129; size <= largest_small_block; ++size)
        EXPECT_LT((block_size(class_of(size)) - size) * 9, block_size(class_of(size)));
}

TEST(Heap, HasBlocksOfEverySize) {
    HeapModel model{record};
    for (std::size_t size = 0; size <= largest_small_block; ++size) model.allocate(size);
    model.check_statistics();
    model.free_all();
    for (std::size_t size = largest_small_block; size <= 20'000; ++size) {
        model.allocate(size);
        if (model.count() == 500) model.free_all();
    }
    model.check_statistics();
    model.free_all();
    model.trim();
}

TEST(Heap, HasEveryAlignment) {
    HeapModel model{record};
    for (std::size_t alignment = 1; alignment <= TestHeap::largest_alignment; alignment *= 2) {
        for (auto const size : {0, 1, 8, 9, 24, 100, 4095, 4097, 8192, 8193, 70'000}) {
            model.allocate(static_cast<std::size_t>(size), alignment);
            model.allocate(static_cast<std::size_t>(size), alignment);
        }
    }
    model.check_statistics();
    EXPECT_EQ(model.count(), 22U * 22U);
    model.free_all();
    model.trim();
}

TEST_F(HeapTest, HasNoAlignmentBeyondTheLargest) {
    EXPECT_EQ(heap.allocate(1, 2 * TestHeap::largest_alignment), nullptr);
    EXPECT_EQ(heap.allocate(1, std::size_t{1} << 63), nullptr);
}

TEST_F(HeapTest, HasNoBlockAsLargeAsTheAddressSpace) {
    for (std::size_t less = 0; less < 9000; less += 1000)
        EXPECT_EQ(heap.allocate(~std::size_t{0} - less), nullptr);
    EXPECT_EQ(heap.allocate(std::size_t{1} << 63), nullptr);
    EXPECT_EQ(heap.allocate(~std::size_t{0}, 4096), nullptr);
    EXPECT_EQ(pages.bytes, 0U);
}

TEST_F(HeapTest, GivesABlockBackAtOnce) {
    auto* const first = heap.allocate(64);
    heap.free(first);
    EXPECT_EQ(pages.taken.size(), 1U);
    for (int round = 0; round < 10'000; ++round) heap.free(heap.allocate(64));
    EXPECT_EQ(pages.taken.size(), 1U);
}

TEST_F(HeapTest, UsesASlabToItsEnd) {
    free_all(allocate_many((Slab::bytes - Slab::header_bytes) / 64, 64));
    EXPECT_EQ(pages.taken.size(), 1U);
    auto const blocks = allocate_many((Slab::bytes - Slab::header_bytes) / 64, 64);
    EXPECT_EQ(pages.taken.size(), 1U);
    auto* const one_more = heap.allocate(64);
    EXPECT_EQ(pages.taken.size(), 2U);
    heap.free(one_more);
    free_all(blocks);
}

TEST_F(HeapTest, GivesSlabsBackToTheSource) {
    auto const blocks = allocate_many(100'000, 64);
    auto const peak   = pages.bytes;
    EXPECT_GE(peak, 6'400'000U);
    free_all(blocks);
    EXPECT_LE(pages.bytes, 14 * Slab::bytes);  // an eighth of all, and the current one
    EXPECT_EQ(heap.statistics().peak_bytes, peak);
    heap.trim();
    EXPECT_EQ(pages.bytes, 0U);
    EXPECT_FALSE(pages.was_given_wrong);
}

// The order in which they come back does not matter.
TEST_F(HeapTest, FindsSlabsEmptyInAnyOrder) {
    auto blocks = allocate_many(50'000, 200);
    std::ranges::shuffle(blocks, std::mt19937{1});
    free_all(blocks);
    EXPECT_LE(pages.bytes, 30 * Slab::bytes);
    heap.trim();
    EXPECT_EQ(pages.bytes, 0U);
}

TEST_F(HeapTest, UsesAnEmptySlabForAnotherClass) {
    pages.allow(4 * Slab::bytes);
    for (std::size_t size = 16; size <= largest_small_block; size *= 2) {
        auto const blocks = allocate_many(2 * (Slab::bytes - 2 * size) / size, size);
        free_all(blocks);
    }
    EXPECT_LE(pages.bytes, 4 * Slab::bytes);
}

TEST_F(HeapTest, FillsHolesBeforeItTakesMore) {
    auto const blocks = allocate_many(20'000, 128);
    for (std::size_t index = 0; index < blocks.size(); index += 2) heap.free(blocks[index]);
    auto const before = pages.bytes;
    auto const again  = allocate_many(10'000, 128);
    EXPECT_EQ(pages.bytes, before);
    for (std::size_t index = 1; index < blocks.size(); index += 2) heap.free(blocks[index]);
    free_all(again);
}

TEST_F(HeapTest, FillsHolesOfALittleLargerClassBeforeItTakesMore) {
    auto const blocks = allocate_many(1000, 224);
    for (std::size_t index = 0; index < blocks.size(); index += 2) heap.free(blocks[index]);
    auto const before = pages.bytes;
    auto const again  = allocate_many(100, 176);
    EXPECT_EQ(pages.bytes, before);
    for (auto* const block : again) EXPECT_EQ(heap.size_of(block), 224U);
    auto const much_smaller = allocate_many(1, 128);
    EXPECT_EQ(pages.bytes, before + Slab::bytes);
    for (std::size_t index = 1; index < blocks.size(); index += 2) heap.free(blocks[index]);
    free_all(again);
    free_all(much_smaller);
}

TEST_F(HeapTest, KeepsToTheAlignmentAmongHoles) {
    auto const blocks = allocate_many(1000, 72);
    for (std::size_t index = 0; index < blocks.size(); index += 2) heap.free(blocks[index]);
    for (int count = 0; count < 100; ++count)
        EXPECT_EQ(std::bit_cast<std::uintptr_t>(heap.allocate(64, 64)) % 64, 0U);
}

// The mix of bench/heap, and how much is taken for each byte in use.
TEST_F(HeapTest, NeedsLittleMoreThanIsInUse) {
    struct Block {
        void* memory     = nullptr;
        std::size_t size = 0;
    };
    std::vector<Block> blocks(65'536);
    std::mt19937_64 random{1};
    std::size_t in_use = 0;
    for (int step = 0; step < 500'000; ++step) {
        auto& block = blocks[random() % blocks.size()];
        if (block.memory != nullptr) heap.free(block.memory);
        auto const size = std::min<std::size_t>(8 + random() % (std::size_t{8} << random() % 10), 4096);
        in_use += size - block.size;
        block = {.memory = heap.allocate(size), .size = size};
    }
    EXPECT_LT(static_cast<double>(pages.bytes) / static_cast<double>(in_use), 1.17);
    for (auto const& block : blocks) {
        if (block.memory != nullptr) heap.free(block.memory);
    }
}

TEST_F(HeapTest, GivesALargeBlockBackAtOnce) {
    auto* const block = heap.allocate(100'000);
    EXPECT_EQ(pages.bytes, 102'400U);
    EXPECT_EQ(heap.statistics().large_blocks, 1U);
    EXPECT_EQ(heap.statistics().large_bytes, 102'400U);
    heap.free(block);
    EXPECT_EQ(pages.bytes, 0U);
}

// ---- Statistics ------------------------------------------------------------------------------------------

TEST_F(HeapTest, SaysWhatIsInUse) {
    EXPECT_EQ(heap.statistics().unused_percent(), 0U);
    auto const small  = allocate_many(1000, 100);
    auto const other  = allocate_many(3, 8);
    auto* const large = heap.allocate(100'000);
    for (std::size_t index = 0; index < 400; ++index) heap.free(small[index]);
    auto now = heap.statistics();
    EXPECT_EQ(now.classes[class_of(100)].block_bytes, 112U);
    EXPECT_EQ(now.classes[class_of(100)].blocks, 600U);
    EXPECT_EQ(now.classes[class_of(100)].slabs, 2U);
    EXPECT_EQ(now.classes[class_of(8)].blocks, 3U);
    EXPECT_EQ(now.classes[class_of(8)].slabs, 1U);
    EXPECT_EQ(now.used_blocks, 604U);
    EXPECT_EQ(now.used_bytes, 600U * 112 + 3 * 8 + 102'400);
    EXPECT_EQ(now.source_bytes, 3 * Slab::bytes + 102'400);
    EXPECT_EQ(now.unused_percent(), 43U);  // (299'008 - 169'624) / 299'008
    heap.free(large);
    now = heap.statistics();
    EXPECT_EQ(now.used_blocks, 603U);
    EXPECT_EQ(now.source_bytes, 3 * Slab::bytes);
    EXPECT_EQ(now.peak_bytes, 3 * Slab::bytes + 102'400);
    EXPECT_EQ(now.unused_percent(), 65U);
}

// ---- Reallocate ------------------------------------------------------------------------------------------

TEST_F(HeapTest, ReallocatesInPlaceWhereItFits) {
    auto* const block = heap.allocate(70);  // has 80
    EXPECT_EQ(heap.reallocate(block, 80), block);
    EXPECT_EQ(heap.reallocate(block, 40), block);
    EXPECT_NE(heap.reallocate(block, 39), block);
    auto* const large = heap.allocate(10'000);
    EXPECT_EQ(heap.reallocate(large, heap.size_of(large)), large);
}

TEST_F(HeapTest, ALargeBlockShrinksWhereItIs) {
    for (auto const alignment : {16, 4096, 1 << 20}) {
        auto* const block = static_cast<char*>(heap.allocate(1'000'000, static_cast<std::size_t>(alignment)));
        std::strcpy(block, "still here");
        auto const before = pages.bytes;
        pages.allow(0);
        EXPECT_EQ(heap.reallocate(block, 20'000), block);
        EXPECT_EQ(before - pages.bytes, 240U * 4096);
        EXPECT_EQ(heap.statistics().large_bytes, pages.bytes);
        EXPECT_GE(heap.size_of(block), 20'000U);
        EXPECT_EQ(heap.reallocate(block, 20'001), block);
        EXPECT_STREQ(block, "still here");
        pages.limit         = HeapPages::unlimited;
        auto* const smaller = heap.reallocate(block, 100);
        EXPECT_NE(smaller, block);
        heap.free(smaller);
        heap.trim();
        EXPECT_EQ(pages.bytes, 0U);
        EXPECT_FALSE(pages.was_given_wrong);
    }
}

TEST_F(HeapTest, ALargeBlockGrowsWhereItIs) {
    pages.room_behind = std::size_t{256} << 12;
    std::size_t peak  = 0;
    for (auto const alignment : {16, 4096, 1 << 20}) {
        auto* const block = static_cast<char*>(heap.allocate(20'000, static_cast<std::size_t>(alignment)));
        std::strcpy(block, "still here");
        auto const before = pages.bytes;
        EXPECT_EQ(heap.reallocate(block, 1'000'000), block);
        EXPECT_EQ(pages.bytes - before, 240U * 4096);
        EXPECT_EQ(heap.statistics().large_bytes, pages.bytes);
        EXPECT_EQ(heap.statistics().source_bytes, pages.bytes);
        EXPECT_EQ(heap.statistics().peak_bytes, peak = std::max(peak, pages.bytes));
        EXPECT_GE(heap.size_of(block), 1'000'000U);
        block[999'999] = '!';
        EXPECT_EQ(heap.reallocate(block, 30'000), block);
        EXPECT_EQ(heap.reallocate(block, 40'000), block);  // into what it gave back
        EXPECT_STREQ(block, "still here");
        heap.free(block);
        heap.trim();
        EXPECT_EQ(pages.bytes, 0U);
        EXPECT_FALSE(pages.was_given_wrong);
    }
}

TEST_F(HeapTest, ALargeBlockIsMovedIfItCannotGrow) {
    pages.room_behind = 4096;
    auto* const block = static_cast<char*>(heap.allocate(20'000));
    std::strcpy(block, "still here");
    auto* const moved = static_cast<char*>(heap.reallocate(block, 100'000));
    EXPECT_NE(moved, block);
    EXPECT_STREQ(moved, "still here");
    EXPECT_EQ(heap.statistics().large_blocks, 1U);
    EXPECT_EQ(heap.statistics().large_bytes, pages.bytes);
    EXPECT_EQ(pages.bytes, 102'400U);
    EXPECT_FALSE(pages.was_given_wrong);
}

// No source can, and no sum wraps.
TEST_F(HeapTest, NoBlockGrowsToTheAddressSpace) {
    pages.room_behind = 4096;
    auto* const block = heap.allocate(20'000);
    for (auto const size :
         {~std::size_t{0}, ~std::size_t{0} - 4096, std::size_t{1} << 63, std::size_t{1} << 62})
        EXPECT_EQ(heap.reallocate(block, size), nullptr);
    EXPECT_EQ(heap.statistics().large_bytes, pages.bytes);
    heap.free(block);
}

// A source need not be able to.
TEST(Heap, MovesALargeBlockIfItsSourceNeverGrows) {
    struct Fixed {
        HeapPages* pages;
        std::byte* take(std::size_t bytes, std::size_t alignment) { return pages->take({bytes, alignment}); }
        void give(std::byte* memory, std::size_t bytes) { pages->give(memory, bytes); }
    };
    static_assert(!GrowingSource<Fixed> && GrowingSource<HeapPages::Source>);
    HeapPages pages;
    pages.room_behind = std::size_t{1} << 20;
    Heap<Fixed> heap{Fixed{&pages}};
    auto* const block = heap.allocate(20'000);
    EXPECT_NE(heap.reallocate(block, 100'000), block);
}

TEST_F(HeapTest, ReallocateKeepsTheBlockIfNoMemoryIsLeft) {
    auto* const block = static_cast<char*>(heap.allocate(100));
    std::strcpy(block, "still here");
    pages.allow(0);
    EXPECT_EQ(heap.reallocate(block, 1'000'000), nullptr);
    EXPECT_STREQ(block, "still here");
    auto* const large = heap.reallocate(block, 10);  // no slab for the smaller class: it stays
    EXPECT_EQ(large, block);
}

// ---- No memory -------------------------------------------------------------------------------------------

TEST_F(HeapTest, GoesOnWithoutMemory) {
    pages.limit = 0;
    for (std::size_t size = 0; size < 10'000; size += 100) {
        EXPECT_EQ(heap.allocate(size), nullptr);
        EXPECT_EQ(heap.allocate(size, 4096), nullptr);
    }
    pages.limit = HeapPages::unlimited;
    EXPECT_NE(heap.allocate(100), nullptr);
}

TEST_F(HeapTest, RefusesNoBlockWhileALargerOneIsFree) {
    pages.limit         = 3 * Slab::bytes;
    void* const large   = heap.allocate(8000);
    void* const middle  = heap.allocate(1000);
    void* const aligned = heap.allocate(4096, 4096);
    auto* const other   = heap.allocate(100, 128);  // of the blocks that are aligned to 4096
    EXPECT_EQ(heap.size_of(other), 4096U);
    std::vector<void*> blocks;
    while (auto* const block = heap.allocate(100)) blocks.push_back(block);
    // 63 of 1024 bytes, seven of 8192 and fifteen of 4096 that are aligned are in a slab: the smallest come first.
    EXPECT_EQ(blocks.size(), 62U + 13U + 6U);
    EXPECT_EQ(heap.size_of(blocks[61]), 1024U);
    EXPECT_EQ(heap.size_of(blocks[62]), 4096U);
    EXPECT_EQ(heap.size_of(blocks.back()), 8192U);
    EXPECT_EQ(heap.allocate(8000), nullptr);
    EXPECT_EQ(heap.allocate(64, 64), nullptr);
    heap.free(middle);
    EXPECT_EQ(heap.allocate(700), middle);
    heap.free(large);
    EXPECT_EQ(heap.allocate(8000), large);
    heap.free(aligned);
    EXPECT_EQ(heap.allocate(64, 64), aligned);
    free_all(blocks);
}

// Of small and large blocks that are free, the small one is taken, whoever has its slab.
TEST_F(HeapTest, TakesTheSmallestThatIsLargeEnough) {
    pages.limit        = 2 * Slab::bytes;
    auto const large   = allocate_many(7, 8000);
    void* const middle = heap.allocate(1000);
    EXPECT_EQ(heap.allocate(8000), nullptr);  // the slab is set aside
    heap.free(large.front());                 // and listed, when a block comes back
    void* const small = heap.allocate(100);
    EXPECT_EQ(heap.size_of(small), 1024U);
    heap.free(middle);
}

TEST_F(HeapTest, TakesThePagesThatAreLeft) {
    pages.limit       = 2 * 4096;
    auto* const block = heap.allocate(100);
    ASSERT_NE(block, nullptr);
    EXPECT_GE(heap.size_of(block), 100U);
    EXPECT_EQ(heap.allocate(5000), nullptr);
    auto* const aligned = heap.allocate(64, 64);
    ASSERT_NE(aligned, nullptr);
    EXPECT_EQ(std::bit_cast<std::uintptr_t>(aligned) % 64, 0U);
    heap.free(block);
    heap.free(aligned);
    EXPECT_EQ(pages.bytes, 0U);
}

// Else the class would find blocks of another size there, once the slab was empty and somebody else's.
TEST_F(HeapTest, ASlabThatIsTakenOverBelongsToOneClassOnly) {
    pages.limit       = Slab::bytes;
    auto* const first = heap.allocate(1000);
    std::vector<void*> blocks;
    while (auto* const block = heap.allocate(100)) blocks.push_back(block);
    heap.free(first);
    free_all(blocks);
    EXPECT_EQ(heap.size_of(heap.allocate(50)), 64U);
    EXPECT_EQ(heap.allocate(1000), nullptr);
}

TEST_F(HeapTest, GrowsToTheEndAndRecovers) {
    pages.limit = 64 * Slab::bytes;
    for (auto const size : std::to_array<std::size_t>({8, 64, 1000, 8192, 64})) {
        std::vector<void*> blocks;
        while (auto* const block = heap.allocate(size)) blocks.push_back(block);
        EXPECT_EQ(pages.bytes, pages.limit) << size;
        EXPECT_EQ(heap.allocate(size), nullptr);
        EXPECT_EQ(heap.allocate(20'000), nullptr);
        heap.free(blocks.back());
        EXPECT_EQ(heap.allocate(size), blocks.back());
        free_all(blocks);
    }
    // What is kept for next time does not stand in the way of a large block.
    auto* const all = heap.allocate(64 * Slab::bytes - 4096);
    EXPECT_NE(all, nullptr);
    heap.free(all);
}

// ---- Misuse that is found without looking for it ---------------------------------------------------------

TEST_F(HeapTest, FailsOnForeignMemory) {
    struct alignas(Slab::bytes) Foreign {
        std::array<std::byte, 2 * Slab::bytes> bytes{};
    };
    auto const foreign = std::make_unique<Foreign>();
    auto* const block  = &foreign->bytes.at(4096);
    auto const free    = [&] {
        heap.free(block);
        return 0;
    };
    EXPECT_EQ(failure_of(free), "memory was freed that does not belong to the heap");
    EXPECT_EQ(failure_of([&] { return heap.size_of(block); }),
              "the size was asked of memory that does not belong to the heap");
    EXPECT_FALSE(failure_of([&] { return heap.reallocate(block, 1); }).empty());
}

TEST_F(HeapTest, FailsOnABlockOfAnotherHeap) {
    TestHeap other{HeapPages::Source{&pages}};
    auto* const block = other.allocate(64);
    EXPECT_FALSE(failure_of([&] {
                     heap.free(block);
                     return 0;
                 }).empty());
    other.free(block);
}

// The source here does not take memory away: that is how it is in the kernel.
TEST(Heap, FailsOnALargeBlockThatIsFreedTwice) {
    struct Keeping {
        std::byte* memory;
        std::byte* take(std::size_t, std::size_t) { return memory; }
        void give(std::byte*, std::size_t) {}
    };
    HeapPages pages;
    auto* const memory = pages.take({.bytes = 1 << 20, .alignment = Slab::bytes});
    Heap<Keeping> heap{Keeping{memory}};
    auto* const block = heap.allocate(100'000);
    heap.free(block);
    EXPECT_EQ(failure_of([&] {
                  heap.free(block);
                  return 0;
              }),
              "memory was freed that does not belong to the heap");
    pages.give(memory, 1 << 20);
}

// ---- All at random ---------------------------------------------------------------------------------------

class RandomUse {
public:
    explicit RandomUse(std::uint32_t seed) : random_{seed} {}

    void run(int steps) {
        for (int step = 0; step < steps; ++step) {
            if (step % 20'000 == 0) wanted_ = below(6000);
            if (step % 1000 == 0) model_.check_statistics();
            if (step % 3000 == 0) model_.pages().limit = HeapPages::unlimited;
            if (step % 3000 == 1000) model_.pages().allow(below(40) * Slab::bytes);
            take_step();
        }
        model_.free_all();
        model_.check_statistics();
        model_.trim();
    }

private:
    std::size_t below(std::size_t end) { return random_() % end; }
    // All magnitudes alike.
    std::size_t size() { return below(std::size_t{2} << below(below(50) == 0 ? 18 : 12)); }

    void take_step() {
        auto const what = below(100);
        if (model_.count() == 0 || (what < 90 && below(wanted_ + 1) * 2 > model_.count())) {
            if (what < 80)
                model_.allocate(size());
            else
                model_.allocate(size(), std::size_t{1} << below(below(50) == 0 ? 22 : 13));
        } else if (what < 94) {
            model_.free(below(model_.count()));
        } else if (what == 99 && below(100) == 0) {
            model_.trim();
        } else {
            model_.reallocate(below(model_.count()), size());
        }
    }

    std::mt19937 random_;
    std::size_t wanted_ = 0;
    HeapModel<decltype(record)> model_{record};
};

class HeapAtRandom : public ::testing::TestWithParam<std::uint32_t> {};
TEST_P(HeapAtRandom, KeepsItsPromises) { RandomUse{GetParam()}.run(700'000); }
INSTANTIATE_TEST_SUITE_P(Seeds, HeapAtRandom, ::testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace pith::heap
