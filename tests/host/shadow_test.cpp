// Shadow memory: what is forbidden is found, to the byte, wherever an access begins and ends.
#include "heap/checked/shadow.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace pith::heap {
namespace {

struct Source {
    std::vector<std::unique_ptr<std::array<std::uint8_t, marks_at_once>>>* taken;
    std::size_t limit = 10;

    std::span<std::uint8_t> take() {
        if (taken->size() == limit) return {};
        return std::span{*taken->emplace_back(std::make_unique<std::array<std::uint8_t, marks_at_once>>())};
    }
};

struct ShadowTest : ::testing::Test {
    static constexpr std::uintptr_t start = 0xffff'8000'0000'0000;
    std::vector<std::unique_ptr<std::array<std::uint8_t, marks_at_once>>> taken;
    Shadow<Source> shadow{start, Source{&taken}};
};

TEST_F(ShadowTest, AllowsWhatNobodyForbade) {
    for (auto const address : {std::uintptr_t{0}, start - 1, start, start + (std::uintptr_t{1} << 40)})
        EXPECT_EQ(shadow.first_forbidden(address, 8), std::nullopt);
    EXPECT_TRUE(taken.empty());
}

// A block of 21 bytes between red zones, and each access in and around it.
TEST_F(ShadowTest, FindsTheFirstForbiddenByte) {
    for (auto const block : {start + 64, start + marked_bytes, start + marked_bytes - 16}) {
        shadow.forbid(block - 32, 32 + 21 + 32);
        shadow.allow(block, 21);
        for (auto from = block - 48; from < block + 80; ++from) {
            for (std::size_t size = 1; size < 30; ++size) {
                std::optional<std::uintptr_t> expected;
                for (auto at = from; at < from + size && !expected; ++at) {
                    auto const is_before = block - 32 <= at && at < block;
                    if (is_before || (block + 21 <= at && at < block + 56)) expected = at;
                }
                ASSERT_EQ(shadow.first_forbidden(from, size), expected) << from - block << ' ' << size;
            }
        }
        shadow.allow(block - 32, 32 + 24 + 32);
        EXPECT_EQ(shadow.first_forbidden(block - 64, 200), std::nullopt);
    }
    EXPECT_EQ(taken.size(), 2U);
}

TEST_F(ShadowTest, ForbidsNothingWithoutMemoryForMarks) {
    Shadow<Source> without{start, Source{&taken, 0}};
    without.forbid(start, 64);
    EXPECT_EQ(without.first_forbidden(start, 8), std::nullopt);
}

TEST_F(ShadowTest, LeavesAloneWhatIsTooFarAway) {
    shadow.forbid(start + (std::uintptr_t{4} << 30), 64);
    shadow.forbid(start - 64, 64);
    EXPECT_TRUE(taken.empty());
}

}  // namespace
}  // namespace pith::heap
