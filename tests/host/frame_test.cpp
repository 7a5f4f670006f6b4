// Frames: one owner, at multiples of their size, not at 0.
#include "frames/frame.hpp"

#include "failure.hpp"

#include <gtest/gtest.h>

// NOLINTBEGIN(bugprone-use-after-move): what is moved away is looked at
namespace pith::frames {
namespace {

using testing::fails;
using testing::failure_of;

using Small = Frame<PageSize::kib_4>;
using Large = Frame<PageSize::mib_2>;

static_assert(!std::is_copy_constructible_v<Small> && !std::is_copy_assignable_v<Small>);
static_assert(!std::is_move_assignable_v<Small>, "what it held before would be lost");
static_assert(!std::is_copy_constructible_v<FrameRun> && !std::is_copy_assignable_v<FrameRun>);
static_assert(!std::is_move_assignable_v<FrameRun>);
static_assert(!std::is_default_constructible_v<Small> && !std::is_constructible_v<Small, PhysAddr>);

TEST(Frame, moves) {
    auto first = Small::own(PhysAddr{0x5000});
    EXPECT_EQ(first.start(), PhysAddr{0x5000});
    auto second = std::move(first);
    EXPECT_EQ(std::move(second).disown(), PhysAddr{0x5000});
}

TEST(Frame, begins_at_a_multiple_of_its_size_and_not_at_0) {
    constexpr auto complaint = "a frame begins at a multiple of its size, and not at 0";
    EXPECT_EQ(failure_of([] { return Small::own(PhysAddr{0x5800}).start(); }), complaint);
    EXPECT_EQ(failure_of([] { return Small::own(PhysAddr{0}).start(); }), complaint);
    EXPECT_EQ(failure_of([] { return Large::own(PhysAddr{0x1000}).start(); }), complaint);
    EXPECT_EQ(failure_of([] { return Large::own(PhysAddr{0}).start(); }), complaint);
}

TEST(FrameRun, moves) {
    auto first = FrameRun::own(PhysAddr{0x5000}, 3);
    EXPECT_EQ(first.count(), 3U);
    auto second = std::move(first);
    EXPECT_EQ(second.range(), PhysRange::of_size(PhysAddr{0x5000}, 0x3000));
    EXPECT_EQ(std::move(second).disown(), PhysRange::of_size(PhysAddr{0x5000}, 0x3000));
}

TEST(FrameRun, is_some_frames_that_there_can_be) {
    constexpr auto complaint = "frames in a row begin at a multiple of 4096, not at 0, and are at least one";
    auto const making        = [](std::uint64_t start, std::uint64_t count) {
        return failure_of([&] { return FrameRun::own(PhysAddr{start}, count).disown(); });
    };
    EXPECT_EQ(making(0x5800, 1), complaint);
    EXPECT_EQ(making(0, 1), complaint);
    EXPECT_EQ(making(0x5000, 0), complaint);
}

// 4096 times these counts is a small number again.
TEST(FrameRun, is_not_larger_than_memory) {
    for (std::uint64_t const count :
         {(std::uint64_t{1} << 52) + 1, std::uint64_t{1} << 52, std::uint64_t{1} << 40})
        EXPECT_TRUE(fails([&] { return FrameRun::own(PhysAddr{0x5000}, count).disown(); })) << count;
}

TEST(FrameRun, is_not_taken_from_its_owner_twice) {
    auto run = FrameRun::own(PhysAddr{0x5000}, 3);
    static_cast<void>(std::move(run).disown());
    EXPECT_EQ(failure_of([&] { return std::move(run).disown(); }), "these frames have another owner by now");
}

// Where the message goes that a dropped frame gives is seen in a machine (tests/machine/frames_tests.cpp).
TEST(FrameDeathTest, is_not_dropped) {
    EXPECT_DEATH(static_cast<void>(Small::own(PhysAddr{0x5000})), "");
    EXPECT_DEATH(static_cast<void>(FrameRun::own(PhysAddr{0x5000}, 2)), "");
}

}  // namespace
}  // namespace pith::frames
// NOLINTEND(bugprone-use-after-move)
