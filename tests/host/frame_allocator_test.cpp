// The frame allocator: each promise of its header, and millions of random operations beside a simple model.
#include "frames/frame_allocator.hpp"

#include "failure.hpp"

#include <gtest/gtest.h>
#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <vector>

namespace pith::frames {
namespace {

using testing::fails;
using testing::failure_of;

using Small = Frame<PageSize::kib_4>;
using Large = Frame<PageSize::mib_2>;

constexpr std::uint64_t page = page_bytes, piece = Chunk::bytes;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;

// Frames as numbers: nobody owns those but the test.
using Addresses = std::set<std::uint64_t>;

PhysRange range(std::uint64_t start, std::uint64_t end) { return {PhysAddr{start}, PhysAddr{end}}; }

// The memory for a zone's chunks, with a pattern in it that shows who writes there.
class ChunkMemory {
public:
    explicit ChunkMemory(std::uint64_t count) : bytes_(count * sizeof(Chunk), pattern) {}
    ~ChunkMemory() { allow(0, count()); }
    ChunkMemory(ChunkMemory const&)            = delete;
    ChunkMemory& operator=(ChunkMemory const&) = delete;

    std::size_t count() const { return bytes_.size() / sizeof(Chunk); }
    std::span<Chunk> chunks() { return {at(0), count()}; }

    // Whoever reads or writes these is caught by the address sanitizer.
    void forbid(std::size_t first, std::size_t end) {
        ASAN_POISON_MEMORY_REGION(at(first), (end - first) * sizeof(Chunk));
    }
    void allow(std::size_t first, std::size_t end) {
        ASAN_UNPOISON_MEMORY_REGION(at(first), (end - first) * sizeof(Chunk));
    }

    bool is_untouched(std::size_t first, std::size_t end) {
        allow(0, count());
        return std::all_of(bytes_.begin() + static_cast<long>(first * sizeof(Chunk)),
                           bytes_.begin() + static_cast<long>(end * sizeof(Chunk)),
                           [](std::uint8_t byte) { return byte == pattern; });
    }

private:
    static constexpr std::uint8_t pattern = 0xa5;

    Chunk* at(std::size_t index) { return reinterpret_cast<Chunk*>(bytes_.data()) + index; }

    std::vector<std::uint8_t> bytes_;
};

// An allocator with zones. It speaks in numbers.
class Frames {
public:
    Frames() = default;
    explicit Frames(std::initializer_list<PhysRange> zones) {
        for (auto const& zone : zones) EXPECT_TRUE(add(zone));
    }

    bool add(PhysRange memory) {
        chunks.emplace_back(FrameAllocator::chunks_for(memory));
        return allocator.add(memory, chunks.back().chunks());
    }

    std::optional<std::uint64_t> take_small() {
        auto frame = allocator.take<PageSize::kib_4>();
        if (frame) return std::move(*frame).disown().value();
        EXPECT_EQ(frame.error(), TakeError::out_of_frames);
        return std::nullopt;
    }
    std::optional<std::uint64_t> take_large() {
        auto frame = allocator.take<PageSize::mib_2>();
        if (frame) return std::move(*frame).disown().value();
        EXPECT_EQ(frame.error(), TakeError::out_of_frames);
        return std::nullopt;
    }
    std::optional<std::uint64_t> take_run(std::uint64_t count) {
        return started(allocator.take_run(count), count);
    }
    std::optional<std::uint64_t> take_run(std::uint64_t count, std::uint64_t below) {
        return started(allocator.take_run(count, PhysAddr{below}), count);
    }

    void give_small(std::uint64_t frame) { allocator.give(Small::own(PhysAddr{frame})); }
    void give_large(std::uint64_t frame) { allocator.give(Large::own(PhysAddr{frame})); }
    void give_run(std::uint64_t start, std::uint64_t count) {
        allocator.give(FrameRun::own(PhysAddr{start}, count));
    }

    std::uint64_t free_count() const { return allocator.free_count(); }

    Addresses take_all_small() {
        Addresses all;
        while (auto const frame = take_small()) EXPECT_TRUE(all.insert(*frame).second) << std::hex << *frame;
        return all;
    }
    Addresses take_all_large() {
        Addresses all;
        while (auto const frame = take_large()) EXPECT_TRUE(all.insert(*frame).second) << std::hex << *frame;
        return all;
    }

    FrameAllocator allocator;
    std::deque<ChunkMemory> chunks;

private:
    static std::optional<std::uint64_t> started(std::expected<FrameRun, TakeError> run, std::uint64_t count) {
        if (!run) {
            EXPECT_EQ(run.error(), TakeError::no_such_run);
            return std::nullopt;
        }
        EXPECT_EQ(run->count(), count);
        return std::move(*run).disown().start().value();
    }
};

// Ragged at both ends, tiny, whole, touching, two in one word of 64 frames, two in one piece of 2 MiB, high.
std::vector<PhysRange> const all_shapes{
    range(0x1000, 0x9'f000),
    range(0x10'0000, 0x7f'f000),
    range(0xa0'1000, 0xa0'2000),
    range(0xc0'0000, 0x100'0000),
    range(0x100'0000, 0x101'0000),
    range(0x140'5000, 0x140'9000),
    range(0x140'a000, 0x142'0000),
    range(0x150'0000, 0x1a0'0000),
    range(5 * gib - page, 5 * gib + 2 * piece + page),
    range((std::uint64_t{1} << 52) - piece, (std::uint64_t{1} << 52) - page),
};

Addresses pages_of(std::span<PhysRange const> zones) {
    Addresses all;
    for (auto const& zone : zones) {
        for (auto start = zone.start().value(); start < zone.end().value(); start += page) all.insert(start);
    }
    return all;
}

std::vector<std::uint64_t> shuffled(Addresses const& all, std::uint64_t seed) {
    std::vector<std::uint64_t> order(all.begin(), all.end());
    std::ranges::shuffle(order, std::mt19937_64{seed});
    return order;
}

void add_all_shapes(Frames& frames) {
    for (auto const& zone : all_shapes) ASSERT_TRUE(frames.add(zone));
}

constexpr auto not_ours     = "was given back, but does not belong to the allocator";
constexpr auto free_already = "was given back, but is free already";

std::string about(std::string_view frame, std::string_view what) {
    return std::string{"the frame at "}.append(frame).append(" ").append(what);
}

// ---- Zones -----------------------------------------------------------------------------------------------

TEST(FrameAllocator, has_nothing_at_first) {
    Frames frames;
    EXPECT_EQ(frames.take_small(), std::nullopt);
    EXPECT_EQ(frames.take_large(), std::nullopt);
    EXPECT_EQ(frames.take_run(1), std::nullopt);
    EXPECT_EQ(frames.take_run(513), std::nullopt);
    EXPECT_EQ(frames.free_count(), 0U);
    EXPECT_EQ(frames.allocator.total_count(), 0U);
    EXPECT_EQ(failure_of([&] { return frames.give_small(0x1000), 0; }),
              about("0x0000000000001000", not_ours));
}

TEST(FrameAllocator, counts_what_it_was_given) {
    Frames frames;
    add_all_shapes(frames);
    EXPECT_EQ(frames.allocator.zone_count(), all_shapes.size());
    EXPECT_EQ(frames.allocator.total_count(), pages_of(all_shapes).size());
    EXPECT_EQ(frames.free_count(), pages_of(all_shapes).size());
}

TEST(FrameAllocator, has_a_chunk_for_each_2_MiB_that_it_has_a_part_of) {
    EXPECT_EQ(FrameAllocator::chunks_for(range(page, 2 * page)), 1U);
    EXPECT_EQ(FrameAllocator::chunks_for(range(piece, 2 * piece)), 1U);
    EXPECT_EQ(FrameAllocator::chunks_for(range(piece - page, piece + page)), 2U);
    EXPECT_EQ(FrameAllocator::chunks_for(range(piece - page, 2 * piece + page)), 3U);
}

TEST(FrameAllocator, sorts_its_zones) {
    auto order = all_shapes;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        std::ranges::shuffle(order, std::mt19937_64{seed});
        Frames frames;
        for (auto const& zone : order) ASSERT_TRUE(frames.add(zone));
        for (std::size_t index = 0; index < all_shapes.size(); ++index)
            EXPECT_EQ(frames.allocator.zone(index), all_shapes[index]);
        EXPECT_EQ(frames.take_all_small(), pages_of(all_shapes));
    }
}

TEST(FrameAllocator, refuses_zones_that_overlap) {
    Frames frames{range(piece, 2 * piece), range(4 * piece, 5 * piece)};
    for (auto const& wrong :
         {range(piece, 2 * piece), range(2 * piece - page, 3 * piece), range(page, 6 * piece),
          range(page, piece + page), range(4 * piece + page, 4 * piece + 2 * page)}) {
        EXPECT_EQ(failure_of([&] { return frames.add(wrong); }), "this memory is in a zone already");
    }
    EXPECT_TRUE(frames.add(range(2 * piece, 4 * piece)));
    EXPECT_EQ(frames.allocator.total_count(), 4 * Chunk::frames);
}

TEST(FrameAllocator, refuses_zones_that_are_not_whole_pages) {
    Frames frames;
    constexpr auto complaint = "a zone consists of whole pages, and has not the first";
    EXPECT_EQ(failure_of([&] { return frames.add(range(0, piece)); }), complaint);
    EXPECT_EQ(failure_of([&] { return frames.add(range(page, piece + 1)); }), complaint);
    EXPECT_EQ(failure_of([&] { return frames.add(range(page + 1, piece)); }), complaint);
    EXPECT_EQ(failure_of([&] { return frames.allocator.add(range(page, page), {}); }), complaint);
    ChunkMemory chunks{2};
    EXPECT_EQ(failure_of([&] { return frames.allocator.add(range(piece, 2 * piece), chunks.chunks()); }),
              "a zone needs as many chunks as chunks_for says");
    EXPECT_EQ(frames.allocator.zone_count(), 0U);
}

TEST(FrameAllocator, says_when_it_has_too_many_zones) {
    Frames frames;
    for (std::uint64_t index = 1; index <= FrameAllocator::max_zones; ++index)
        ASSERT_TRUE(frames.add(range(index * 2 * page, (index * 2 + 1) * page)));
    EXPECT_FALSE(frames.add(range(gib, gib + page)));
    EXPECT_EQ(frames.free_count(), FrameAllocator::max_zones);
    EXPECT_EQ(frames.take_all_small().size(), FrameAllocator::max_zones);
    EXPECT_TRUE(fails([&] { return frames.give_small(gib), 0; }));
}

// A zone may come when others have been in use for long.
TEST(FrameAllocator, gets_more_memory_later) {
    Frames frames{range(4 * piece, 5 * piece)};
    auto held = frames.take_all_small();
    ASSERT_TRUE(frames.add(range(piece, 2 * piece)));
    EXPECT_EQ(frames.take_all_small(), pages_of(std::vector{range(piece, 2 * piece)}));
    EXPECT_EQ(frames.take_small(), std::nullopt);
    ASSERT_TRUE(frames.add(range(8 * piece, 9 * piece)));
    EXPECT_EQ(frames.take_large(), 8 * piece);
    for (auto const frame : held) frames.give_small(frame);
    EXPECT_EQ(frames.take_large(), 4 * piece);
    EXPECT_EQ(frames.take_large(), std::nullopt);
}

// ---- Single frames ---------------------------------------------------------------------------------------

TEST(FrameAllocator, gives_out_each_frame_once_and_again_when_it_is_back) {
    Frames frames;
    add_all_shapes(frames);
    auto const all = pages_of(all_shapes);
    for (std::uint64_t round = 0; round < 5; ++round) {
        ASSERT_EQ(frames.take_all_small(), all) << "round " << round;
        EXPECT_EQ(frames.free_count(), 0U);
        EXPECT_EQ(frames.take_large(), std::nullopt);
        EXPECT_EQ(frames.take_run(1), std::nullopt);
        std::uint64_t given = 0;
        for (auto const frame : shuffled(all, round)) {
            frames.give_small(frame);
            ASSERT_EQ(frames.free_count(), ++given);
        }
    }
}

TEST(FrameAllocator, goes_on_when_it_was_out_of_frames) {
    Frames frames{range(piece, piece + 3 * page)};
    auto const all = frames.take_all_small();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(frames.take_small(), std::nullopt);
    frames.give_small(piece + page);
    EXPECT_EQ(frames.take_small(), piece + page);
    EXPECT_EQ(frames.take_small(), std::nullopt);
}

TEST(FrameAllocator, has_what_came_back_at_once) {
    Frames frames{range(piece, 9 * piece)};
    auto const frame = frames.take_small();
    frames.give_small(*frame);
    EXPECT_EQ(frames.take_small(), frame);
}

TEST(FrameAllocator, explains_its_errors) {
    EXPECT_EQ(explain(TakeError::out_of_frames), "no frame is free");
    EXPECT_EQ(explain(TakeError::no_such_run), "not so many frames in a row are free");
}

// ---- 2 MiB -----------------------------------------------------------------------------------------------

TEST(FrameAllocator, gives_out_each_frame_of_2_MiB_once) {
    Frames frames;
    add_all_shapes(frames);
    Addresses const whole{0x20'0000,  0x40'0000,  0xc0'0000, 0xe0'0000,
                          0x160'0000, 0x180'0000, 5 * gib,   5 * gib + piece};
    EXPECT_EQ(frames.take_all_large(), whole);
    auto rest = pages_of(all_shapes);
    for (auto const start : whole) rest.erase(rest.find(start), rest.lower_bound(start + piece));
    EXPECT_EQ(frames.free_count(), rest.size());
    EXPECT_EQ(frames.take_all_small(), rest);
    for (auto const start : shuffled(whole, 1)) frames.give_large(start);
    EXPECT_EQ(frames.take_all_large(), whole);
}

TEST(FrameAllocator, makes_2_MiB_of_small_frames_that_came_back) {
    Frames frames{range(piece, 4 * piece)};
    auto const all = frames.take_all_small();
    EXPECT_EQ(frames.take_large(), std::nullopt);
    for (auto const frame : shuffled(all, 2)) frames.give_small(frame);
    EXPECT_EQ(frames.take_all_large(), (Addresses{piece, 2 * piece, 3 * piece}));
}

TEST(FrameAllocator, does_not_count_the_hand_as_taken) {
    Frames frames{range(piece, 2 * piece)};
    auto const frame = frames.take_small();
    EXPECT_EQ(frames.take_large(), std::nullopt);
    EXPECT_EQ(frames.free_count(), 511U);
    frames.give_small(*frame);
    EXPECT_EQ(frames.take_large(), piece);
    EXPECT_EQ(frames.free_count(), 0U);
}

TEST(FrameAllocator, breaks_into_whole_pieces_last) {
    Frames frames{range(piece, 3 * piece)};
    for (int count = 0; count < 512; ++count) ASSERT_NE(frames.take_small(), std::nullopt);
    EXPECT_NE(frames.take_large(), std::nullopt);
    frames.give_small(2 * piece + 5 * page);
    frames.give_large(piece);
    EXPECT_EQ(frames.take_small(), 2 * piece + 5 * page);
    EXPECT_EQ(frames.take_large(), piece);
}

// ---- Runs ------------------------------------------------------------------------------------------------

TEST(FrameAllocator, finds_short_runs_in_one_piece) {
    Frames frames{range(piece - 3 * page, 3 * piece)};
    EXPECT_EQ(frames.take_run(2), piece - 2 * page);  // the smallest block that has room
    EXPECT_EQ(frames.take_run(3), piece);
    EXPECT_EQ(frames.take_run(511), 2 * piece);
    EXPECT_EQ(frames.take_run(509), piece + 3 * page);  // no block, but enough
    EXPECT_EQ(frames.take_run(2), std::nullopt);
    EXPECT_EQ(frames.take_run(1), 3 * piece - page);
    EXPECT_EQ(frames.take_run(1), piece - 3 * page);
    frames.give_run(piece + 3 * page, 509);
    frames.give_run(2 * piece, 511);
    EXPECT_EQ(frames.take_run(511), 2 * piece);
}

// Runs of one size fill their block before they break the next.
TEST(FrameAllocator, breaks_into_one_block_at_a_time) {
    Frames frames{range(piece, 3 * piece)};
    for (std::uint64_t run = 0; run < 32; ++run) EXPECT_EQ(frames.take_run(16), piece + run * 16 * page);
    EXPECT_EQ(frames.take_large(), 2 * piece);
    frames.give_run(piece + 5 * 16 * page, 16);
    frames.give_run(piece + 30 * 16 * page, 16);
    frames.give_run(piece + 31 * 16 * page, 16);
    EXPECT_EQ(frames.take_run(16), piece + 5 * 16 * page);
}

TEST(FrameAllocator, takes_what_is_behind_a_run) {
    Frames frames{range(piece, 4 * piece), range(4 * piece, 5 * piece)};
    auto const at = [&](std::uint64_t start, std::uint64_t count) {
        auto run = frames.allocator.take_run_at(PhysAddr{start}, count);
        if (!run) return run.error() == TakeError::no_such_run ? "no such run" : "a wrong error";
        EXPECT_EQ(std::move(*run).disown(), PhysRange::of_size(PhysAddr{start}, count * page));
        return "taken";
    };
    ASSERT_EQ(frames.take_run(16, 4 * piece), piece);
    EXPECT_STREQ(at(piece + 15 * page, 2), "no such run");  // one of them is the run's
    EXPECT_STREQ(at(piece + 16 * page, 1000), "taken");     // into the next piece
    EXPECT_EQ(frames.free_count(), 4 * 512 - 1016U);
    EXPECT_STREQ(at(piece + 1015 * page, 1), "no such run");
    EXPECT_STREQ(at(4 * piece - page, 2), "no such run");  // into the next zone
    EXPECT_STREQ(at(4 * piece - page, 1), "taken");
    EXPECT_STREQ(at(piece - page, 2), "no such run");
    EXPECT_STREQ(at(5 * piece, 1), "no such run");
    EXPECT_STREQ(at(5 * piece - page, ~std::uint64_t{0}), "no such run");
    auto const frame = frames.take_small();
    EXPECT_STREQ(at(*frame + page, 1), "taken");  // though it was in hand
    frames.give_small(*frame);
    frames.give_small(*frame + page);
    EXPECT_EQ(frames.free_count(), 4 * 512 - 1017U);
}

// Who does not care where gets what lies above 4 GiB, as long as there is some.
TEST(FrameAllocator, keeps_what_32_bits_reach_for_last) {
    Frames frames{range(4 * gib - 2 * piece, 4 * gib + 2 * piece)};
    EXPECT_EQ(frames.allocator.zone_count(), 2U);
    EXPECT_EQ(frames.allocator.zone(0), range(4 * gib - 2 * piece, 4 * gib));
    EXPECT_EQ(frames.allocator.zone(1), range(4 * gib, 4 * gib + 2 * piece));
    EXPECT_EQ(frames.take_run(1), 4 * gib);
    EXPECT_EQ(frames.take_large(), 4 * gib + piece);
    EXPECT_EQ(frames.take_run(256, 4 * gib), 4 * gib - 2 * piece);
    EXPECT_EQ(frames.take_run(1), 4 * gib + page);
    for (int rest = 0; rest < 510; ++rest) EXPECT_GE(*frames.take_small(), 4 * gib + 2 * page);
    EXPECT_LT(*frames.take_small(), 4 * gib);
    EXPECT_EQ(frames.take_large(), 4 * gib - piece);
    frames.give_large(4 * gib + piece);
    EXPECT_EQ(frames.take_run(512, 4 * gib), std::nullopt);
    EXPECT_EQ(frames.take_run(512, 4 * gib + 2 * piece), 4 * gib + piece);
}

TEST(FrameAllocator, finds_long_runs_in_whole_pieces) {
    Frames frames{range(piece - page, 4 * piece), range(6 * piece, 9 * piece)};
    EXPECT_EQ(frames.take_run(513), 6 * piece);
    EXPECT_EQ(frames.free_count(), 1 + 6 * Chunk::frames - 513);
    EXPECT_EQ(frames.take_run(3 * Chunk::frames), piece);
    EXPECT_EQ(frames.take_run(513), std::nullopt);
    frames.give_run(6 * piece, 513);
    EXPECT_EQ(frames.take_run(3 * Chunk::frames), 6 * piece);
    frames.give_run(piece, 3 * Chunk::frames);
    frames.give_run(6 * piece, 3 * Chunk::frames);
    EXPECT_EQ(frames.take_all_large().size(), 6U);
}

// What a run has left of its last piece is given out singly.
TEST(FrameAllocator, uses_the_rest_of_a_run) {
    Frames frames{range(piece, 3 * piece)};
    ASSERT_EQ(frames.take_run(700), piece);
    EXPECT_EQ(frames.take_all_small(), pages_of(std::vector{range(piece + 700 * page, 3 * piece)}));
}

TEST(FrameAllocator, keeps_runs_below_a_limit) {
    Frames frames{range(piece, 8 * piece)};
    EXPECT_EQ(frames.take_run(1, piece), std::nullopt);
    EXPECT_EQ(frames.take_run(2, piece + page), std::nullopt);
    EXPECT_EQ(frames.take_run(2, piece + 2 * page), piece);
    EXPECT_EQ(frames.take_run(513, 3 * piece), std::nullopt);  // its first piece is broken into
    EXPECT_EQ(frames.take_run(513, 3 * piece + page), 2 * piece);
    EXPECT_EQ(frames.take_run(1024, 5 * piece), std::nullopt);
    EXPECT_EQ(frames.take_run(1, 0), std::nullopt);
}

TEST(FrameAllocator, takes_back_what_lies_in_two_zones) {
    Frames frames{range(piece, piece + 3 * page), range(piece + 3 * page, 2 * piece)};
    auto const all = frames.free_count();
    EXPECT_EQ(frames.take_all_small().size(), all);
    frames.give_run(piece + page, 4);
    EXPECT_EQ(frames.free_count(), 4U);
    EXPECT_EQ(frames.take_run(2), piece + page);
    EXPECT_EQ(frames.take_run(2), piece + 3 * page);
}

TEST(FrameAllocator, aligns_runs) {
    Frames frames{range(piece + page, 3 * piece)};
    auto const aligned = [&](std::uint64_t count, std::uint64_t alignment) {
        return std::move(*frames.allocator.take_run(count, FrameAllocator::highest, alignment))
            .disown()
            .start()
            .value();
    };
    EXPECT_EQ(aligned(1, 1), piece + page);
    EXPECT_EQ(aligned(3, 16), piece + 16 * page);
    EXPECT_EQ(aligned(16, 16), piece + 32 * page);
    EXPECT_EQ(aligned(2, 2), piece + 2 * page);
    EXPECT_EQ(aligned(300, 4), 2 * piece);
    frames.give_run(2 * piece, 300);
    EXPECT_EQ(aligned(1, 512), 2 * piece);
    EXPECT_FALSE(frames.allocator.take_run(1, FrameAllocator::highest, 512).has_value());
    EXPECT_EQ(failure_of([&] { return frames.allocator.take_run(1, FrameAllocator::highest, 3); }),
              "a run is aligned to 1, 2, 4, ... 512 frames");
}

// Full pieces at the bottom are passed over: but not when something comes back there.
TEST(FrameAllocator, finds_what_came_back_at_the_bottom) {
    Frames frames{range(piece, 4 * piece)};
    for (int runs = 0; runs < 3; ++runs) ASSERT_NE(frames.take_run(512), std::nullopt);
    EXPECT_EQ(frames.take_run(1), std::nullopt);
    frames.give_run(piece + 7 * page, 2);
    EXPECT_EQ(frames.take_run(2), piece + 7 * page);
    frames.give_small(piece + 9 * page);
    EXPECT_EQ(frames.take_run(1), piece + 9 * page);
}

TEST(FrameAllocator, makes_runs_of_what_is_in_hand) {
    Frames frames{range(piece, piece + 2 * page)};
    auto const frame = frames.take_small();
    EXPECT_NE(frames.take_run(1), std::nullopt);
    EXPECT_EQ(frames.take_small(), std::nullopt);
    frames.give_small(*frame);
}

TEST(FrameAllocator, has_no_runs_larger_than_memory) {
    Frames frames{range(piece, 8 * piece)};
    for (auto const count : {std::uint64_t{7 * 512 + 1}, std::uint64_t{1} << 40, std::uint64_t{1} << 52,
                             (std::uint64_t{1} << 52) + 513, ~std::uint64_t{0}, ~std::uint64_t{0} - 511}) {
        EXPECT_EQ(frames.take_run(count), std::nullopt) << count;
    }
    EXPECT_EQ(failure_of([&] { return frames.take_run(0); }), "a run has at least one frame");
    EXPECT_EQ(frames.take_run(7 * 512), piece);
}

// Runs from below meet single frames from above.
TEST(FrameAllocator, uses_zones_from_both_ends) {
    Frames frames{range(piece, 5 * piece)};
    EXPECT_EQ(frames.take_large(), 4 * piece);
    EXPECT_EQ(frames.take_run(512), piece);
    EXPECT_EQ(frames.take_run(513), 2 * piece);
    EXPECT_EQ(frames.take_large(), std::nullopt);
    EXPECT_EQ(frames.take_all_small(), pages_of(std::vector{range(2 * piece + 513 * page, 4 * piece)}));
}

// A run over what is untouched up to pieces that single frames came from and went back to.
TEST(FrameAllocator, finds_long_runs_over_touched_and_untouched_pieces) {
    Frames frames{range(piece, 5 * piece)};
    auto const frame = frames.take_small();
    frames.give_small(*frame);
    EXPECT_EQ(frames.take_run(4 * 512), piece);
    EXPECT_EQ(frames.take_small(), std::nullopt);
    frames.give_run(piece, 4 * 512);
    EXPECT_EQ(frames.take_all_large().size(), 4U);
}

// ---- What is given back wrongly --------------------------------------------------------------------------

TEST(FrameAllocator, finds_frames_that_come_back_twice) {
    Frames frames{range(piece, 9 * piece)};
    auto const first = *frames.take_small();
    auto const twice = [&](std::uint64_t frame) {
        return failure_of([&] { return frames.give_small(frame), 0; });
    };
    frames.give_small(first);
    EXPECT_EQ(twice(first), about("0x0000000001000000", free_already));              // in hand
    EXPECT_EQ(twice(first + page), about("0x0000000001001000", free_already));       // never taken, in hand
    EXPECT_EQ(twice(first + 64 * page), about("0x0000000001040000", free_already));  // in its chunk
    EXPECT_EQ(twice(piece), about("0x0000000000200000", free_already));              // in untouched memory
    for (int count = 0; count < 65; ++count) ASSERT_NE(frames.take_small(), std::nullopt);
    frames.give_small(first);  // in a word that was in hand before
    EXPECT_EQ(twice(first), about("0x0000000001000000", free_already));
    EXPECT_EQ(frames.free_count(), 8 * Chunk::frames - 64);
}

TEST(FrameAllocator, finds_frames_that_are_not_its_own) {
    // In one word of 64 frames: two zones, and between them and behind them what is nobody's.
    Frames frames{range(piece + 5 * page, piece + 9 * page), range(piece + 10 * page, piece + 20 * page)};
    auto const held   = frames.take_all_small();
    auto const giving = [&](std::uint64_t frame) {
        return failure_of([&] { return frames.give_small(frame), 0; });
    };
    for (auto const frame : held) {
        frames.give_small(frame);  // now one word after the other is in hand
        ASSERT_EQ(frames.take_small(), frame);
        EXPECT_EQ(giving(piece + 9 * page), about("0x0000000000209000", not_ours));
        EXPECT_EQ(giving(piece + 4 * page), about("0x0000000000204000", not_ours));
        EXPECT_EQ(giving(piece + 20 * page), about("0x0000000000214000", not_ours));
        EXPECT_EQ(giving(page), about("0x0000000000001000", not_ours));
        EXPECT_EQ(giving(4 * gib), about("0x0000000100000000", not_ours));
    }
    EXPECT_FALSE(giving((std::uint64_t{1} << 52) - page).empty());  // no address is behind it
    EXPECT_EQ(frames.free_count(), 0U);
}

TEST(FrameAllocator, finds_2_MiB_that_come_back_wrongly) {
    Frames frames{range(piece, 4 * piece), range(5 * piece + page, 6 * piece), range(8 * piece, 9 * piece)};
    auto const giving = [&](std::uint64_t frame) {
        return failure_of([&] { return frames.give_large(frame), 0; });
    };
    EXPECT_EQ(giving(piece), about("0x0000000000200000", free_already));  // untouched
    EXPECT_EQ(giving(7 * piece), about("0x0000000000e00000", not_ours));
    EXPECT_EQ(giving(5 * piece), about("0x0000000000a00000", not_ours));  // all but its first page are ours
    auto const large = *frames.take_large();
    frames.give_large(large);
    EXPECT_EQ(giving(large), about("0x0000000001000000", free_already));  // twice
    ASSERT_EQ(frames.take_large(), large);
    frames.give_small(large + 5 * page);  // a part of it
    EXPECT_EQ(giving(large), about("0x0000000001000000", free_already));
    ASSERT_EQ(frames.take_small(), large + 5 * page);  // the hand has that word
    frames.give_small(large + 5 * page);
    EXPECT_EQ(giving(large), about("0x0000000001000000", free_already));  // a part of it, in hand
    ASSERT_EQ(frames.take_small(), large + 5 * page);
    frames.give_large(large);
    EXPECT_EQ(frames.free_count(), frames.allocator.total_count());
}

TEST(FrameAllocator, finds_small_frames_of_a_free_2_MiB) {
    Frames frames{range(piece, 3 * piece)};
    auto const large = *frames.take_large();
    frames.give_large(large);
    EXPECT_EQ(failure_of([&] { return frames.give_small(large + 7 * page), 0; }),
              about("0x0000000000407000", free_already));
}

// Frames of 2 MiB and runs may come back in pieces: they are frames like any others.
TEST(FrameAllocator, takes_large_frames_back_in_pieces) {
    Frames frames{range(piece, 4 * piece)};
    auto const large = *frames.take_large();
    for (std::uint64_t start = large; start < large + piece; start += page) frames.give_small(start);
    ASSERT_EQ(frames.take_run(3 * 512), piece);
    frames.give_run(piece, 700);
    frames.give_run(piece + 700 * page, 3 * 512 - 700);
    EXPECT_EQ(frames.take_all_large().size(), 3U);
}

TEST(FrameAllocator, finds_runs_that_come_back_wrongly) {
    Frames frames{range(piece, 4 * piece), range(4 * piece, 5 * piece)};
    auto const giving = [&](std::uint64_t start, std::uint64_t count) {
        return failure_of([&] { return frames.give_run(start, count), 0; });
    };
    auto const run = *frames.take_run(600);
    EXPECT_EQ(giving(run, 601), about("0x0000000000400000", free_already));  // one too many
    EXPECT_EQ(giving(piece - page, 2), about("0x00000000001ff000", not_ours));
    frames.take_all_small();
    EXPECT_EQ(giving(5 * piece - page, 2),
              about("0x0000000000a00000", not_ours));  // one beyond the last zone
}

TEST(FrameAllocator, finds_a_run_that_was_moved_away) {
    Frames frames{range(piece, 4 * piece)};
    auto run = frames.allocator.take_run(3);
    ASSERT_TRUE(run);
    frames.allocator.give(std::move(*run));
    EXPECT_EQ(failure_of([&] { return frames.allocator.give(std::move(*run)), 0; }),
              "these frames have another owner by now");
    auto frame = frames.allocator.take<PageSize::kib_4>();
    ASSERT_TRUE(frame);
    frames.allocator.give(std::move(*frame));
    EXPECT_EQ(failure_of([&] { return frames.allocator.give(std::move(*frame)), 0; }),
              about("0x0000000000000000", not_ours));
}

// ---- What is untouched -----------------------------------------------------------------------------------

TEST(FrameAllocator, touches_only_chunks_whose_frames_it_gives_out) {
    Frames frames;
    auto const memory = range(4 * gib, 516 * gib);
    auto& chunks      = frames.chunks.emplace_back(FrameAllocator::chunks_for(memory));
    auto const count  = chunks.count();
    chunks.forbid(0, count);
    ASSERT_TRUE(frames.allocator.add(memory, chunks.chunks()));
    EXPECT_EQ(frames.free_count(), 512 * gib / page);
    EXPECT_FALSE(failure_of([&] { return frames.give_small(4 * gib + 5 * page), 0; }).empty());
    EXPECT_FALSE(failure_of([&] { return frames.give_large(5 * gib), 0; }).empty());
    EXPECT_FALSE(failure_of([&] { return frames.give_run(5 * gib, 3), 0; }).empty());
    EXPECT_FALSE(failure_of([&] { return frames.give_small(516 * gib), 0; }).empty());

    chunks.allow(count - 1, count);
    for (std::uint64_t taken = 0; taken < Chunk::frames; ++taken)
        ASSERT_NE(frames.take_small(), std::nullopt);
    for (std::uint64_t taken = 0; taken < Chunk::frames; ++taken)
        frames.give_small(516 * gib - piece + taken * page);

    // Some of the last piece are in hand: what is untouched comes before them.
    chunks.allow(count - 2, count);
    EXPECT_EQ(frames.take_large(), 516 * gib - 2 * piece);

    chunks.allow(0, 1);
    EXPECT_EQ(frames.take_run(512), 516 * gib - piece);  // it is whole again, with what was in hand
    EXPECT_EQ(frames.take_run(512), 4 * gib);
    chunks.allow(1, 3);
    EXPECT_EQ(frames.take_run(513), 4 * gib + piece);
    EXPECT_TRUE(chunks.is_untouched(3, count - 2));
    EXPECT_FALSE(chunks.is_untouched(2, 3));
}

// ---- Beside a simple model -------------------------------------------------------------------------------

// A bit a frame, and nothing clever.
class Model {
public:
    void add(PhysRange zone) {
        zones_.push_back(zone);
        std::ranges::sort(zones_, {}, &PhysRange::start);
        ours_.resize(std::max<std::size_t>(ours_.size(), zone.end().value() / page + 1));
        free_.resize(ours_.size());
        set(ours_, zone, true);
        set(free_, zone, true);
        free_count_ += zone.size() / page;
    }

    void take(std::uint64_t start, std::uint64_t count) {
        ASSERT_TRUE(is_all_free(start, count)) << std::hex << start << " " << count;
        set(free_, PhysRange::of_size(PhysAddr{start}, count * page), false);
        free_count_ -= count;
    }
    void give(std::uint64_t start, std::uint64_t count) {
        set(free_, PhysRange::of_size(PhysAddr{start}, count * page), true);
        free_count_ += count;
    }

    std::uint64_t free_count() const { return free_count_; }
    std::uint64_t frames() const { return ours_.size(); }
    bool is_ours(std::uint64_t frame) const { return frame / page < ours_.size() && ours_[frame / page]; }
    bool is_free(std::uint64_t frame) const { return frame / page < free_.size() && free_[frame / page]; }
    bool is_all_free(std::uint64_t start, std::uint64_t count) const {
        for (std::uint64_t index = 0; index < count; ++index) {
            if (!is_free(start + index * page)) return false;
        }
        return true;
    }

    bool has_large() const {
        for (std::uint64_t start = 0; start < free_.size() * page; start += piece) {
            if (is_in_one_zone(start, 512) && is_all_free(start, 512)) return true;
        }
        return false;
    }
    // Up to 512 lie in one piece, more in whole ones.
    bool has_run(std::uint64_t count, std::uint64_t below) const {
        bool const is_short        = count <= 512;
        std::uint64_t const step   = is_short ? page : piece,
                            needed = is_short ? count : (count + 511) / 512 * 512;
        for (std::uint64_t start = 0; start < free_.size() * page && start + count * page <= below;
             start += step) {
            if (is_short && start / piece != (start + (count - 1) * page) / piece) continue;
            if (is_free(start) && is_in_one_zone(start, needed) && is_all_free(start, needed)) return true;
        }
        return false;
    }

private:
    static void set(std::vector<bool>& bits, PhysRange which, bool value) {
        std::fill_n(bits.begin() + static_cast<long>(which.start().value() / page), which.size() / page,
                    value);
    }
    bool is_in_one_zone(std::uint64_t start, std::uint64_t count) const {
        return std::ranges::any_of(zones_, [&](PhysRange const& zone) {
            return zone.start().value() <= start && start + count * page <= zone.end().value();
        });
    }

    std::vector<PhysRange> zones_;
    std::vector<bool> ours_, free_;
    std::uint64_t free_count_ = 0;
};

struct Held {
    std::uint64_t start, count;
};

// Does random things with an allocator and with the model, and compares.
class RandomUse {
public:
    explicit RandomUse(std::uint64_t seed) : random_{seed} {
        later_.assign(all_shapes.begin(),
                      all_shapes.end() - 2);  // the model has a bit for each frame from 0 on
        later_.push_back(range(0x200'0000, 0x300'3000));
        std::ranges::shuffle(later_, random_);
        add_zone();
    }

    void step() {
        // Now more is taken, now more is given back.
        if (below(20'000) == 0) taking_ = 1 + below(9);
        bool const takes = below(10) < taking_;
        auto const what  = below(1000);
        if (what < 2) {
            add_zone();
        } else if (what < 4) {
            give_wrongly();
        } else if (what < 10) {
            takes ? take_run() : give_one_of(runs_);
        } else if (what < 30) {
            takes ? take_large() : give_one_of(large_);
        } else {
            takes ? take_small() : give_one_of(small_);
        }
        ASSERT_EQ(frames_.free_count(), model_.free_count());
    }

    // How often no small frame, none of 2 MiB, and no run was to be had; and how often giving one failed.
    std::array<std::uint64_t, 4> const& refusals() const { return refusals_; }

    // All comes back, and can be had again.
    void finish() {
        for (auto* const held : {&small_, &large_, &runs_}) {
            while (!held->empty()) give_one_of(*held);
        }
        while (!later_.empty()) add_zone();
        EXPECT_EQ(frames_.free_count(), frames_.allocator.total_count());
        for (auto const start : frames_.take_all_large()) model_.take(start, 512);
        EXPECT_FALSE(model_.has_large());
        for (auto const start : frames_.take_all_small()) model_.take(start, 1);
        EXPECT_EQ(model_.free_count(), 0U);
    }

private:
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

    void add_zone() {
        if (later_.empty()) return;
        ASSERT_TRUE(frames_.add(later_.back()));
        model_.add(later_.back());
        later_.pop_back();
    }

    void take_small() {
        auto const frame = frames_.take_small();
        ASSERT_EQ(frame.has_value(), model_.free_count() != 0);
        frame ? hold(small_, {*frame, 1}) : refused(0);
    }
    void take_large() {
        auto const frame = frames_.take_large();
        if (!frame) ASSERT_FALSE(model_.has_large());
        frame ? hold(large_, {*frame, 512}) : refused(1);
    }
    void take_run() {
        auto const count = below(3) == 0 ? 1 + below(2000) : 1 + below(100);
        auto const limit = below(3) == 0 ? below(model_.frames()) * page : FrameAllocator::highest.value();
        auto const start = frames_.take_run(count, limit);
        ASSERT_EQ(start.has_value(), model_.has_run(count, limit)) << count << " below " << limit;
        if (!start) return refused(2);
        ASSERT_LE(*start + count * page, limit);
        if (count > 512) ASSERT_EQ(*start % piece, 0U);
        if (count <= 512) ASSERT_EQ(*start / piece, (*start + (count - 1) * page) / piece);
        hold(runs_, {*start, count});
    }
    void hold(std::vector<Held>& where, Held what) {
        model_.take(what.start, what.count);
        where.push_back(what);
    }

    void give_one_of(std::vector<Held>& from) {
        if (from.empty()) return;
        // Sometimes the newest: it may still be in hand.
        auto& chosen    = from[below(4) == 0 ? from.size() - 1 : below(from.size())];
        auto const held = std::exchange(chosen, from.back());
        from.pop_back();
        model_.give(held.start, held.count);
        if (&from == &large_)
            frames_.give_large(held.start);
        else if (&from == &runs_)
            frames_.give_run(held.start, held.count);
        else
            frames_.give_small(held.start);
    }

    // A frame that is free, or not ours. Nothing changes.
    void give_wrongly() {
        auto const frame = (1 + below(model_.frames() + 512)) * page;
        if (model_.is_ours(frame) && !model_.is_free(frame)) return;
        auto const message       = failure_of([&] { return frames_.give_small(frame), 0; });
        auto const* const wanted = model_.is_ours(frame) ? free_already : not_ours;
        ASSERT_NE(message.find(wanted), std::string::npos) << message;
        refused(3);
    }

    void refused(std::size_t what) { ++refusals_[what]; }

    std::mt19937_64 random_;
    std::array<std::uint64_t, 4> refusals_{};
    std::vector<PhysRange> later_;
    std::uint64_t taking_ = 5;
    std::vector<Held> small_, large_, runs_;
    Frames frames_;
    Model model_;
};

class FrameAllocatorUse : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(FrameAllocatorUse, is_what_a_simple_model_says) {
    std::array<std::uint64_t, 4> refusals{};
    for (std::uint64_t part = 0; part < 5; ++part) {
        RandomUse use{GetParam() * 100 + part};
        for (int step = 0; step < 300'000; ++step) {
            use.step();
            if (HasFatalFailure()) FAIL() << "step " << step << " of part " << part;
        }
        use.finish();
        for (std::size_t kind = 0; kind < refusals.size(); ++kind) refusals[kind] += use.refusals()[kind];
    }
    for (auto const count : refusals) EXPECT_GT(count, 100U);  // the corners were visited
}

INSTANTIATE_TEST_SUITE_P(Seeds, FrameAllocatorUse, ::testing::Range<std::uint64_t>(1, 7));

}  // namespace
}  // namespace pith::frames
