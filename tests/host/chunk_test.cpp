// A chunk's bits, its summary and its count; and the lists that chunks are in.
#include "frames/chunk_list.hpp"

#include "failure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

namespace pith::frames {
namespace {

using testing::failure_of;

constexpr PhysAddr start{0x4000'0000};

PhysRange frames_of_it(std::uint64_t first, std::uint64_t count) {
    return PhysRange::of_size(start + first * page_bytes, count * page_bytes);
}
Chunk whole() { return Chunk{start, frames_of_it(0, Chunk::frames)}; }

TEST(Chunk, knows_which_frame_an_address_is) {
    EXPECT_EQ(Chunk::index_of(start), 0U);
    EXPECT_EQ(Chunk::index_of(start + 3 * page_bytes), 3U);
    EXPECT_EQ(Chunk::index_of(start + (Chunk::bytes - 1)), 511U);
    EXPECT_EQ(Chunk::index_of(start + Chunk::bytes), 0U);
}

TEST(Chunk, begins_with_what_is_usable) {
    EXPECT_TRUE(whole().is_whole());
    EXPECT_TRUE(Chunk{}.is_empty());
    Chunk const ragged{start, frames_of_it(63, 66)};
    EXPECT_EQ(ragged.start(), start);
    EXPECT_EQ(ragged.free_count(), 66U);
    EXPECT_FALSE(ragged.any_free(0, 63));
    EXPECT_FALSE(ragged.any_free(129, 512 - 129));
    for (std::uint64_t index = 63; index < 129; ++index) EXPECT_TRUE(ragged.any_free(index, 1)) << index;
}

TEST(Chunk, is_whole_or_empty_only_when_all_of_it_is) {
    auto chunk = whole();
    chunk.take(511, 1);
    EXPECT_FALSE(chunk.is_whole());
    EXPECT_FALSE(chunk.is_empty());
    chunk.take(0, 511);
    EXPECT_TRUE(chunk.is_empty());
    chunk.give(0, 512);
    EXPECT_TRUE(chunk.is_whole());
}

TEST(Chunk, takes_a_word_at_once) {
    auto chunk        = Chunk{start, frames_of_it(70, 500 - 70)};
    auto const ragged = chunk.take_word();
    EXPECT_EQ(ragged.index, 1U);
    EXPECT_EQ(ragged.free, ~std::uint64_t{0} << 6);
    EXPECT_EQ(chunk.free_count(), 430U - 58);
    EXPECT_FALSE(chunk.any_free(64, 64));
    EXPECT_EQ(chunk.take_word().index, 7U);  // the other word that is broken into
    EXPECT_EQ(chunk.take_word().index, 2U);
    chunk.give_word(ragged);
    EXPECT_EQ(chunk.take_word().free, ragged.free);
}

TEST(Chunk, has_no_word_when_empty) {
    Chunk chunk;
    EXPECT_EQ(failure_of([&] { return chunk.take_word().free; }), "nothing is free in this chunk");
}

TEST(Chunk, has_512_frames) {
    auto chunk = whole();
    EXPECT_EQ(failure_of([&] { return chunk.any_free(512, 1); }), "a chunk has 512 frames");
    EXPECT_FALSE(failure_of([&] { return chunk.any_free(511, 2); }).empty());
    EXPECT_FALSE(failure_of([&] { return chunk.any_free(1, ~std::uint64_t{0}); }).empty());
}

TEST(Chunk, finds_the_first_run) {
    auto chunk = whole();
    EXPECT_EQ(chunk.find_run(1), 0U);
    EXPECT_EQ(chunk.find_run(512), 0U);
    EXPECT_EQ(chunk.find_run(513), std::nullopt);
    chunk.take(0, 1);
    chunk.take(100, 1);
    EXPECT_EQ(chunk.find_run(1), 1U);
    EXPECT_EQ(chunk.find_run(99), 1U);  // exactly what is between
    EXPECT_EQ(chunk.find_run(100), 101U);
    EXPECT_EQ(chunk.find_run(411), 101U);  // up to the end
    EXPECT_EQ(chunk.find_run(412), std::nullopt);
    EXPECT_EQ(Chunk{}.find_run(1), std::nullopt);
}

TEST(Chunk, knows_its_largest_block) {
    EXPECT_EQ(whole().room(), 10U);
    EXPECT_EQ(Chunk{}.room(), 0U);
    auto chunk = whole();
    for (unsigned order = 9; order > 0; --order) {
        EXPECT_EQ(chunk.find_block(order), 0U);
        // Without its second half, a block is one of the next order.
        chunk.take(std::uint64_t{1} << (order - 1), std::uint64_t{1} << (order - 1));
        EXPECT_EQ(chunk.room(), order);
        EXPECT_EQ(chunk.find_block(order), std::nullopt);
    }
    EXPECT_EQ(chunk.free_count(), 1U);
}

// Eight in a row are no block of eight if they begin at a wrong place.
TEST(Chunk, has_blocks_where_they_begin) {
    Chunk const ragged{start, frames_of_it(4, 8)};
    EXPECT_EQ(ragged.room(), 3U);
    EXPECT_EQ(ragged.find_block(2), 4U);
    Chunk const words{start, frames_of_it(64, 3 * 64)};
    EXPECT_EQ(words.room(), 8U);
    EXPECT_EQ(words.find_block(6), 64U);
    EXPECT_EQ(words.find_block(7), 128U);
    EXPECT_EQ(words.find_block(8), std::nullopt);
}

// The first free block of each order, frame by frame.
void check_blocks(Chunk const& chunk, std::vector<bool> const& model) {
    unsigned room = 0;
    for (unsigned order = 0; order <= Chunk::largest_order; ++order) {
        std::optional<std::uint64_t> found;
        auto const size = std::uint64_t{1} << order;
        for (std::uint64_t first = 0; first < Chunk::frames && !found; first += size) {
            auto const begin = model.begin() + static_cast<long>(first);
            if (std::all_of(begin, begin + static_cast<long>(size), std::identity{})) found = first;
        }
        if (found) room = order + 1;
        ASSERT_EQ(chunk.find_block(order), found) << "of 2^" << order;
    }
    ASSERT_EQ(chunk.room(), room);
}

TEST(Chunk, is_what_a_simple_model_says) {
    std::mt19937_64 random{1};
    std::vector<bool> model(Chunk::frames, true);
    auto chunk = whole();
    for (int round = 0; round < 50'000; ++round) {
        auto const first = random() % Chunk::frames;
        auto const count = 1 + random() % std::min<std::uint64_t>(Chunk::frames - first, 1 + random() % 200);
        auto const free  = std::count(model.begin() + static_cast<long>(first),
                                      model.begin() + static_cast<long>(first + count), true);
        ASSERT_EQ(chunk.any_free(first, count), free != 0);
        bool const all_free = static_cast<std::uint64_t>(free) == count;
        if (!all_free && free != 0) continue;
        all_free ? chunk.take(first, count) : chunk.give(first, count);
        std::fill_n(model.begin() + static_cast<long>(first), count, !all_free);
        auto const left = std::count(model.begin(), model.end(), true);
        ASSERT_EQ(chunk.free_count(), static_cast<std::uint64_t>(left));
        if (left == 0) continue;
        ASSERT_EQ(chunk.all_free(first, count), !all_free);
        check_blocks(chunk, model);
        // The summary finds a word with something free.
        auto const word = chunk.take_word();
        ASSERT_NE(word.free, 0U);
        for (std::uint64_t bit = 0; bit < 64; ++bit)
            ASSERT_EQ((word.free >> bit & 1) != 0, model[word.index * 64 + bit]);
        chunk.give_word(word);
    }
}

std::vector<Chunk const*> listed(ChunkList const& list) {
    std::vector<Chunk const*> found;
    for (auto const* chunk = list.first(); chunk != nullptr; chunk = chunk->next) found.push_back(chunk);
    return found;
}

TEST(ChunksByRoom, has_one_that_is_large_enough_and_no_larger) {
    ChunksByRoom chunks;
    Chunk small, large, whole;
    EXPECT_EQ(chunks.first_with(1), nullptr);
    chunks.push(small, 2);
    chunks.push(large, 7);
    chunks.push(whole, 10);
    EXPECT_EQ(chunks.first_with(1), &small);
    EXPECT_EQ(chunks.first_with(2), &small);
    EXPECT_EQ(chunks.first_with(3), &large);
    EXPECT_EQ(chunks.first_with(8), &whole);
    chunks.remove(whole, 10);
    EXPECT_EQ(chunks.first_with(8), nullptr);
    chunks.push(whole, 0);  // nothing is free there: it is in no list
    chunks.remove(whole, 0);
    EXPECT_EQ(chunks.first_with(8), nullptr);
    EXPECT_EQ(chunks.first_with(3), &large);
}

TEST(ChunkList, is_left_from_anywhere) {
    using Order = std::vector<Chunk const*>;
    ChunkList list;
    Chunk first, second, third;
    EXPECT_EQ(listed(list), Order{});
    for (auto* const chunk : {&first, &second, &third}) list.push(*chunk);
    EXPECT_EQ(listed(list), (Order{&third, &second, &first}));
    list.remove(second);
    EXPECT_EQ(listed(list), (Order{&third, &first}));
    list.remove(first);
    list.push(second);
    EXPECT_EQ(listed(list), (Order{&second, &third}));
    list.remove(second);
    list.remove(third);
    EXPECT_EQ(listed(list), Order{});
}

}  // namespace
}  // namespace pith::frames
