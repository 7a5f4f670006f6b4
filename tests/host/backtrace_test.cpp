// Walking stack frames: a good chain to its end, and damaged ones no further than their damage.
#include "console/backtrace.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace pith::console {
namespace {

constexpr std::uint64_t base = 0xffff'ffff'8020'0000;
using Words                  = std::array<std::uint64_t, 16>;

constexpr std::uint64_t address_of(std::size_t index) { return base + index * sizeof(std::uint64_t); }

std::vector<std::uint64_t> walk(Words const& words, std::uint64_t frame_pointer) {
    std::vector<std::uint64_t> addresses;
    StackView const stack{VirtAddr{base}, std::as_bytes(std::span{words})};
    for_each_return_address(stack, frame_pointer, [&](std::uint64_t address, std::uint64_t) {
        addresses.push_back(address);
        return addresses.size() < words.size();  // a walk that would not end gives more than there can be
    });
    return addresses;
}

using Addresses = std::vector<std::uint64_t>;

TEST(Backtrace, follows_the_chain_to_its_end) {
    Words words{};
    words[1] = address_of(5), words[2] = 0x111;
    words[5] = address_of(9), words[6] = 0x222;
    words[9] = 0, words[10] = 0x333;
    EXPECT_EQ(walk(words, address_of(1)), (Addresses{0x111, 0x222, 0x333}));
}

TEST(Backtrace, is_empty_without_a_frame) { EXPECT_EQ(walk({}, 0), Addresses{}); }

TEST(Backtrace, a_frame_that_points_to_itself_ends) {
    Words words{};
    words[3] = address_of(3), words[4] = 0x111;
    EXPECT_EQ(walk(words, address_of(3)), Addresses{0x111});
}

TEST(Backtrace, a_loop_ends) {
    Words words{};
    words[1] = address_of(5), words[2] = 0x111;
    words[5] = address_of(1), words[6] = 0x222;
    EXPECT_EQ(walk(words, address_of(1)), (Addresses{0x111, 0x222}));
}

TEST(Backtrace, misaligned_frames_are_not_followed) {
    Words words{};
    words[1] = address_of(5) + 4, words[2] = 0x111;
    EXPECT_EQ(walk(words, address_of(1)), Addresses{0x111});
    for (unsigned offset = 1; offset < 8; ++offset)
        EXPECT_EQ(walk(words, address_of(1) + offset), Addresses{});
}

TEST(Backtrace, frames_outside_the_stack_are_not_followed) {
    Words words{};
    words[1] = address_of(words.size()), words[2] = 0x111;
    EXPECT_EQ(walk(words, address_of(1)), Addresses{0x111});
    for (auto const frame : {base - 8, std::uint64_t{8}, address_of(words.size()), ~std::uint64_t{7}}) {
        EXPECT_EQ(walk(words, frame), Addresses{}) << frame;
    }
}

TEST(Backtrace, half_a_frame_at_the_end_is_none) {
    Words words{};
    words.back() = address_of(1);
    EXPECT_EQ(walk(words, address_of(words.size() - 1)), Addresses{});
}

TEST(Backtrace, a_frame_may_end_with_the_stack) {
    Words words{};
    words[14] = 0, words[15] = 0x111;
    EXPECT_EQ(walk(words, address_of(14)), Addresses{0x111});
}

}  // namespace
}  // namespace pith::console
