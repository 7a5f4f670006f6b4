// The checking heap: every misuse is found, said in the right words, and nothing else is.
#include "heap/checked.hpp"

#include "heap/heap.hpp"
#include "heap_pages.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

namespace pith::heap {
namespace {

using testing::HeapPages;
using PlainHeap = Heap<HeapPages::Source>;

// All that it is told about forbidden bytes.
struct PlainBlocks {
    PlainHeap* heap;
    std::map<std::uintptr_t, bool>* is_forbidden;

    void* allocate(std::size_t size, std::size_t alignment) { return heap->allocate(size, alignment); }
    void free(void* block) { heap->free(block); }
    void allow(std::uintptr_t address, std::size_t size) { mark(address, size, false); }
    void forbid(std::uintptr_t address, std::size_t size) { mark(address, size, true); }
    void mark(std::uintptr_t address, std::size_t size, bool forbidden) {
        EXPECT_EQ(address % 8, 0U);
        if (is_forbidden == nullptr) return;
        for (std::size_t at = 0; at < size; ++at) (*is_forbidden)[address + at] = forbidden;
    }
};
using TestHeap = Checked<PlainBlocks>;

struct Found {
    Misuse misuse;
    std::string text;
};

[[noreturn]] void throw_misuse(Misuse const& misuse) {
    std::string text;
    describe(misuse, std::back_inserter(text));
    throw Found{misuse, text};
}

constexpr Backtrace alice{1, 2, 3}, bob{4, 5}, carol{6};

struct CheckedHeap : ::testing::Test {
    HeapPages pages;
    PlainHeap plain{HeapPages::Source{&pages}};
    TestHeap heap{PlainBlocks{&plain, nullptr}, 10'000, throw_misuse};

    char* allocate(std::size_t size, std::size_t alignment = 0) {
        return static_cast<char*>(heap.allocate(size, alignment, alice));
    }

    // What `action` is found to do wrong, with `block` in place of its address.
    static std::string misuse_of(void* block, auto&& action) {
        try {
            action();
            return "nothing";
        } catch (Found& found) {
            auto const address = std::format("{:016x}", std::bit_cast<std::uintptr_t>(block));
            auto const at      = found.text.find(address);
            if (at != std::string::npos) found.text.replace(at, address.size(), "BLOCK");
            return found.text;
        }
    }
};

// ---- What is right ---------------------------------------------------------------------------------------

TEST_F(CheckedHeap, HasBlocksOfEverySizeAndAlignment) {
    for (std::size_t size = 0; size < 300; ++size) {
        for (std::size_t alignment : {0U, 8U, 16U, 32U, 64U, 4096U}) {
            auto* const block = allocate(size, alignment);
            ASSERT_NE(block, nullptr);
            EXPECT_EQ(std::bit_cast<std::uintptr_t>(block) % std::max<std::size_t>(alignment, 16), 0U);
            std::memset(block, 'x', size);
            heap.free(block, {.size = size, .alignment = alignment}, bob);
        }
    }
    heap.check();
}

TEST_F(CheckedHeap, FreshMemoryIsFilled) {
    auto* const block = allocate(100);
    EXPECT_EQ(std::string_view(block, 100), std::string(100, '\xcd'));
    heap.free(block, {}, bob);
}

TEST_F(CheckedHeap, FreedMemoryIsFilledAndKept) {
    auto* const block = allocate(100);
    heap.free(block, {}, bob);
    EXPECT_EQ(std::string_view(block, 100), std::string(100, '\xdd'));
    EXPECT_NE(allocate(100), block);
}

TEST_F(CheckedHeap, TheQuarantineHasALimitAndKeepsTheOrder) {
    for (int others = 0; others < 200; ++others) heap.free(allocate(100), {}, bob);
    auto* const first = allocate(100);
    heap.free(first, {}, bob);
    for (int others = 0; others < 10'000 / 164; ++others) {
        EXPECT_EQ(misuse_of(first, [&] { heap.free(first, {}, bob); }),
                  "the 100 bytes at BLOCK were freed twice");
        heap.free(allocate(100), {}, bob);
    }
    EXPECT_EQ(misuse_of(first, [&] { heap.free(first, {}, bob); }),
              "memory was freed that does not belong to the heap: BLOCK");
}

TEST_F(CheckedHeap, ALargeBlockStaysUntilTheNextIsFreed) {
    auto* const block = allocate(100'000);
    heap.free(block, {}, bob);
    EXPECT_EQ(misuse_of(block, [&] { heap.free(block, {}, bob); }),
              "the 100000 bytes at BLOCK were freed twice");
    EXPECT_EQ(plain.statistics().large_blocks, 1U);
    heap.free(allocate(1), {}, bob);
    EXPECT_EQ(plain.statistics().large_blocks, 0U);
}

TEST_F(CheckedHeap, WhatIsInQuarantineIsHadWhenMemoryEnds) {
    auto* const block = allocate(1'000'000);
    heap.free(block, {}, bob);
    pages.allow(0);
    EXPECT_NE(allocate(1'000'000), nullptr);
}

TEST_F(CheckedHeap, HasNoBlockAsLargeAsTheAddressSpace) {
    EXPECT_EQ(allocate(~std::size_t{0}), nullptr);
    EXPECT_EQ(allocate(~std::size_t{0} - 40), nullptr);
    EXPECT_EQ(allocate(~std::size_t{0} / 4), nullptr);
    EXPECT_EQ(allocate(1, std::size_t{1} << 63), nullptr);
    EXPECT_EQ(allocate(~std::size_t{0}, std::size_t{1} << 63), nullptr);
}

TEST_F(CheckedHeap, GoesOnWithoutMemory) {
    pages.limit = 0;
    EXPECT_EQ(allocate(100), nullptr);
    pages.limit       = HeapPages::unlimited;
    auto* const block = allocate(100);
    ASSERT_NE(block, nullptr);
    heap.free(block, {}, bob);
}

// There is memory for the block, and none for what has to be known of it.
TEST_F(CheckedHeap, KeepsNothingOfABlockThatItCannotGive) {
    static_cast<void>(allocate(1000));  // who asks is known from here on
    auto* const only = plain.allocate(1000 + 2 * TestHeap::red_zone_bytes);
    pages.allow(0);
    while (plain.allocate(sizeof(CheckedBlock)) != nullptr) {
    }
    plain.free(only);
    auto const before = plain.statistics().used_bytes;
    EXPECT_EQ(allocate(1000), nullptr);
    EXPECT_EQ(plain.statistics().used_bytes, before);
    EXPECT_EQ(plain.allocate(1000 + 2 * TestHeap::red_zone_bytes), only);
}

TEST_F(CheckedHeap, GrowsToTheEndAndRecovers) {
    pages.limit = 64 * Slab::bytes;
    for (auto const size : {8U, 64U, 1000U, 20'000U}) {
        std::vector<char*> blocks;
        while (auto* const block = allocate(size)) blocks.push_back(block);
        EXPECT_GT(blocks.size() * (size + 200), 48 * Slab::bytes);
        EXPECT_EQ(heap.in_use().blocks, blocks.size());
        for (auto* const block : blocks) heap.free(block, {.size = size}, bob);
        EXPECT_EQ(heap.in_use().blocks, 0U);
    }
}

TEST_F(CheckedHeap, GivesAllBackButWhoItsCallersAre) {
    std::vector<char*> blocks;
    blocks.reserve(5000);
    for (std::size_t size = 0; size < 5000; ++size) blocks.push_back(allocate(size));
    for (auto* const block : blocks) heap.free(block, {}, bob);
    heap.empty_quarantine();
    plain.trim();
    EXPECT_EQ(pages.bytes, Slab::bytes);
    EXPECT_EQ(plain.statistics().used_bytes, 2 * block_size(class_of(sizeof(Caller))));
}

// ---- Freeing what is wrong -------------------------------------------------------------------------------

TEST_F(CheckedHeap, FindsADoubleFree) {
    auto* const block = allocate(64);
    heap.free(block, {}, bob);
    EXPECT_EQ(misuse_of(block, [&] { heap.free(block, {}, carol); }),
              "the 64 bytes at BLOCK were freed twice");
}

TEST_F(CheckedHeap, KnowsWhoAllocatedAndWhoFreed) {
    auto* const block = allocate(64);
    heap.free(block, {}, bob);
    try {
        heap.free(block, {}, carol);
        FAIL();
    } catch (Found const& found) {
        EXPECT_EQ(found.misuse.mistake, Mistake::freed_twice);
        EXPECT_EQ(found.misuse.block->allocated_by->backtrace, alice);
        EXPECT_EQ(found.misuse.block->freed_by->backtrace, bob);
    }
}

TEST_F(CheckedHeap, FindsForeignMemory) {
    int foreign = 0;
    EXPECT_EQ(misuse_of(&foreign, [&] { heap.free(&foreign, {}, bob); }),
              "memory was freed that does not belong to the heap: BLOCK");
    auto* const of_plain = plain.allocate(64);
    EXPECT_EQ(misuse_of(of_plain, [&] { heap.free(of_plain, {}, bob); }),
              "memory was freed that does not belong to the heap: BLOCK");
}

TEST_F(CheckedHeap, FindsTheMiddleOfABlock) {
    auto* const block = allocate(64);
    for (auto const offset : {1, 16, 63}) {
        EXPECT_EQ(misuse_of(block, [&] { heap.free(block + offset, {}, bob); }),
                  std::format("the 64 bytes at BLOCK were freed by an address {} bytes inside", offset));
    }
    for (auto* const outside : {block - 1, block + 64})
        EXPECT_TRUE(misuse_of(block, [&] { heap.free(outside, {}, bob); }).starts_with("memory was freed"));
}

TEST_F(CheckedHeap, FindsAWrongSize) {
    auto* const block = allocate(64);
    EXPECT_EQ(misuse_of(block, [&] { heap.free(block, {.size = 63}, bob); }),
              "the 64 bytes at BLOCK were freed as 63 bytes");
    heap.free(block, {.size = 64}, bob);
}

TEST_F(CheckedHeap, FindsAWrongForm) {
    auto* const single = allocate(64);
    auto* const array  = static_cast<char*>(heap.allocate(64, 0, alice, Form::array));
    EXPECT_EQ(misuse_of(single, [&] { heap.free(single, {.form = Form::array}, bob); }),
              "the 64 bytes at BLOCK were allocated by new and freed by delete[]");
    EXPECT_EQ(misuse_of(array, [&] { heap.free(array, {}, bob); }),
              "the 64 bytes at BLOCK were allocated by new[] and freed by delete");
    // The size is wrong, too: but because of the form.
    EXPECT_EQ(misuse_of(array, [&] { heap.free(array, {.size = 4}, bob); }),
              "the 64 bytes at BLOCK were allocated by new[] and freed by delete");
    // Where the number of elements stands before the first.
    EXPECT_EQ(misuse_of(array, [&] { heap.free(array + 8, {}, bob); }),
              "the 64 bytes at BLOCK were allocated by new[] and freed by delete, 8 bytes inside");
    EXPECT_EQ(misuse_of(array, [&] { heap.free(array + 8, {.form = Form::array}, bob); }),
              "the 64 bytes at BLOCK were freed by an address 8 bytes inside");
    heap.free(single, {}, bob);
    heap.free(array, {.size = 64, .form = Form::array}, bob);
}

TEST_F(CheckedHeap, FindsAWrongAlignment) {
    auto* const plain_block = allocate(64);
    auto* const aligned     = allocate(64, 128);
    EXPECT_EQ(misuse_of(aligned, [&] { heap.free(aligned, {.size = 64, .alignment = 64}, bob); }),
              "the 64 bytes at BLOCK were allocated with alignment 128 and freed with 64 (0: with none)");
    EXPECT_EQ(misuse_of(aligned, [&] { heap.free(aligned, {.size = 64}, bob); }),
              "the 64 bytes at BLOCK were allocated with alignment 128 and freed with 0 (0: with none)");
    EXPECT_EQ(misuse_of(plain_block, [&] { heap.free(plain_block, {.alignment = 128}, bob); }),
              "the 64 bytes at BLOCK were allocated with alignment 0 and freed with 128 (0: with none)");
    heap.free(aligned, {.size = 64, .alignment = 128}, bob);
}

// ---- Writing where it is wrong ---------------------------------------------------------------------------

TEST_F(CheckedHeap, FindsWritesPastTheEnd) {
    for (std::size_t size = 0; size < 70; ++size) {
        for (auto const offset : {0U, 1U, 31U}) {
            auto* const block    = allocate(size);
            block[size + offset] = 'A';
            auto const expected  = std::format(
                "the {} bytes at BLOCK were written to past their end: byte {} is 0x41", size, size + offset);
            EXPECT_EQ(misuse_of(block, [&] { heap.free(block, {}, bob); }), expected);
            EXPECT_EQ(misuse_of(block, [&] { heap.check(); }), expected);
            block[size + offset] = '\xfd';
            heap.free(block, {}, bob);
        }
    }
}

TEST_F(CheckedHeap, FindsWritesBeforeTheStart) {
    for (auto const alignment : {0, 64, 4096}) {
        auto* const block = allocate(10, static_cast<std::size_t>(alignment));
        for (auto const offset : {1, 32, std::max(alignment, 32)}) {
            block[-offset]      = 'A';
            auto const expected = std::format(
                "the 10 bytes at BLOCK were written to before their start: byte -{} is 0x41", offset);
            auto const as = Freed{.alignment = static_cast<std::size_t>(alignment)};
            EXPECT_EQ(misuse_of(block, [&] { heap.free(block, as, bob); }), expected);
            EXPECT_EQ(misuse_of(block, [&] { heap.check(); }), expected);
            block[-offset] = '\xfd';
        }
        heap.check();
    }
}

TEST_F(CheckedHeap, FindsWritesAfterFree) {
    auto* const block = allocate(100);
    heap.free(block, {}, bob);
    auto const expected = "the 100 bytes at BLOCK were written to after they were freed: byte 99 is 0x41";
    heap.check();
    block[99] = 'A';
    EXPECT_EQ(misuse_of(block, [&] { heap.check(); }), expected);
    // And without looking for it, when it leaves the quarantine.
    auto const fill_quarantine = [&] {
        for (int others = 0; others < 100; ++others) heap.free(allocate(100), {}, bob);
    };
    EXPECT_EQ(misuse_of(block, fill_quarantine), expected);
    EXPECT_EQ(misuse_of(block, [&] { heap.empty_quarantine(); }), expected);
    block[99]  = '\xdd';
    block[100] = 'A';
    EXPECT_EQ(misuse_of(block, [&] { heap.empty_quarantine(); }),
              "the 100 bytes at BLOCK were written to past their end: byte 100 is 0x41");
}

TEST_F(CheckedHeap, FindsWritesOverAllOfAFreedBlock) {
    auto* const block = allocate(100);
    heap.free(block, {}, bob);
    std::memset(block, 'A', 100);
    EXPECT_EQ(misuse_of(block, [&] { heap.check(); }),
              "the 100 bytes at BLOCK were written to after they were freed: byte 0 is 0x41");
}

// ---- What may be touched ----

struct WatchedHeap : CheckedHeap {
    std::map<std::uintptr_t, bool> is_forbidden;
    TestHeap watched{PlainBlocks{&plain, &is_forbidden}, 0, throw_misuse};

    std::string misuse_at(char* block, std::ptrdiff_t offset) {
        auto const address = std::bit_cast<std::uintptr_t>(block) + static_cast<std::size_t>(offset);
        EXPECT_TRUE(is_forbidden[address]) << offset;
        return misuse_of(block, [&] { watched.report_access(address); });
    }
};

TEST_F(WatchedHeap, ForbidsAllButTheBlock) {
    for (auto const alignment : {0, 64}) {
        auto* const block =
            static_cast<char*>(watched.allocate(21, static_cast<std::size_t>(alignment), alice));
        auto const address = std::bit_cast<std::uintptr_t>(block);
        for (auto at = address; at < address + 21; ++at) EXPECT_FALSE(is_forbidden[at]);
        EXPECT_EQ(misuse_at(block, -1), "the 21 bytes at BLOCK were accessed before their start: byte -1");
        EXPECT_EQ(misuse_at(block, -32), "the 21 bytes at BLOCK were accessed before their start: byte -32");
        EXPECT_EQ(misuse_at(block, 21), "the 21 bytes at BLOCK were accessed past their end: byte 21");
        EXPECT_EQ(misuse_at(block, 52), "the 21 bytes at BLOCK were accessed past their end: byte 52");
    }
}

TEST_F(WatchedHeap, ForbidsAFreedBlockAndAllowsWhatNobodyHas) {
    auto* const block = static_cast<char*>(watched.allocate(21, 0, alice));
    watched.free(block, {}, bob);
    for (auto const offset : {0, 20})
        EXPECT_EQ(misuse_at(block, offset),
                  std::format("the 21 bytes at BLOCK were accessed after they were freed: byte {}", offset));
    EXPECT_EQ(misuse_at(block, 21), "the 21 bytes at BLOCK were accessed past their end: byte 21");
    watched.empty_quarantine();
    EXPECT_TRUE(std::ranges::none_of(is_forbidden, [](auto const& byte) { return byte.second; }));
}

// ---- Leaks -----------------------------------------------------------------------------------------------

TEST_F(CheckedHeap, TellsWhoHasWhatTheMostFirst) {
    std::vector<std::pair<void*, std::size_t>> blocks;
    blocks.reserve(3000);
    std::map<Backtrace, std::pair<std::size_t, std::size_t>> model;
    for (std::size_t index = 0; index < 3000; ++index) {
        Backtrace const by{index % 1000, 7};
        auto const size = index * 7919 % 300;
        blocks.emplace_back(heap.allocate(size, 0, by), index);
        if (index % 3 == 0) continue;  // those are freed
        ++model[by].first;
        model[by].second += size;
    }
    for (std::size_t index = 0; index < 3000; index += 3) heap.free(blocks[index].first, {}, bob);
    std::size_t last = ~std::size_t{0};
    heap.for_each_caller([&](Caller const& caller) {
        EXPECT_LE(caller.bytes, last);
        last             = caller.bytes;
        auto const found = model.find(caller.backtrace);
        ASSERT_NE(found, model.end());
        EXPECT_EQ(found->second, std::pair(caller.blocks, caller.bytes));
        model.erase(found);
    });
    EXPECT_TRUE(model.empty());
}

TEST_F(CheckedHeap, NamesALeakAndNothingElse) {
    for (int round = 0; round < 100; ++round) heap.free(heap.allocate(100, 0, bob), {}, bob);
    static_cast<void>(heap.allocate(10, 0, carol));
    static_cast<void>(heap.allocate(20, 0, carol));
    unsigned callers = 0;
    heap.for_each_caller([&](Caller const& caller) {
        ++callers;
        EXPECT_EQ(caller.backtrace, carol);
        EXPECT_EQ(caller.blocks, 2U);
        EXPECT_EQ(caller.bytes, 30U);
    });
    EXPECT_EQ(callers, 1U);
}

TEST_F(CheckedHeap, NamesALeakOfNothing) {
    static_cast<void>(heap.allocate(0, 0, alice));
    unsigned blocks = 0;
    heap.for_each_caller([&](Caller const& caller) { blocks += caller.blocks; });
    EXPECT_EQ(blocks, 1U);
}

// Without memory for its name a caller has none, and gets its block.
TEST_F(CheckedHeap, CountsForCallersWithoutAName) {
    static_cast<void>(heap.allocate(8, 0, alice));
    pages.allow(0);
    while (plain.allocate(sizeof(Caller)) != nullptr) {
    }
    EXPECT_NE(heap.allocate(8, 0, bob), nullptr);
    std::map<Backtrace, std::size_t> blocks;
    heap.for_each_caller([&](Caller const& caller) { blocks[caller.backtrace] = caller.blocks; });
    EXPECT_EQ(blocks, (std::map<Backtrace, std::size_t>{{alice, 1}, {Backtrace{}, 1}}));
}

// ---- All at random ---------------------------------------------------------------------------------------

// Nobody does anything wrong, memory is short, and nothing is found.
TEST_F(CheckedHeap, FindsNothingWrongWithWhatIsRight) {
    struct Block {
        char* memory;
        std::size_t size, alignment;
        char content;
    };
    std::mt19937 random{1};
    std::vector<Block> blocks;
    for (int step = 0; step < 200'000; ++step) {
        if (step % 3000 == 0) pages.limit = HeapPages::unlimited;
        if (step % 3000 == 1000) pages.allow(random() % 4 * Slab::bytes);
        if (step % 10'000 == 0) heap.check();
        if (random() % 1000 < blocks.size()) {
            std::swap(blocks[random() % blocks.size()], blocks.back());
            auto const [memory, size, alignment, content] = blocks.back();
            blocks.pop_back();
            ASSERT_EQ(std::string_view(memory, size), std::string(size, content));
            heap.free(memory, {.size = size, .alignment = alignment}, {random() % 100});
        } else {
            auto const size      = random() % (std::size_t{2} << random() % 13);
            auto const alignment = random() % 4 == 0 ? std::size_t{1} << random() % 13 : 0;
            auto* const memory   = static_cast<char*>(heap.allocate(size, alignment, {random() % 100}));
            if (memory == nullptr) continue;
            auto const content = static_cast<char>(step);
            std::memset(memory, content, size);
            blocks.push_back({memory, size, alignment, content});
        }
    }
    EXPECT_EQ(heap.in_use().blocks, blocks.size());
    for (auto const& block : blocks) heap.free(block.memory, {.alignment = block.alignment}, bob);
}

}  // namespace
}  // namespace pith::heap
