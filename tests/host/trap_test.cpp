// What a trap of the compiler's says, and that no other instruction is taken for one.
#include "exceptions/trap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

namespace pith::exceptions {
namespace {

std::optional<std::string_view> found(std::initializer_list<unsigned char> values) {
    std::vector<std::byte> bytes(values.size());
    std::ranges::transform(values, bytes.begin(), [](unsigned char value) { return std::byte{value}; });
    return undefined_behaviour(bytes);
}

TEST(Trap, SaysWhatWasFound) {
    EXPECT_EQ(found({0x67, 0x0f, 0xb9, 0x00, 0x90}), "a signed sum is too large");
    EXPECT_EQ(found({0x67, 0x0f, 0xb9, 0x40, 0x12}), "an index is too large");
    EXPECT_EQ(found({0x67, 0x0f, 0xb9, 0x40, 0x14, 0xc3}), "a shift by too many bits, or of too many");
    EXPECT_EQ(found({0x67, 0x0f, 0xb9, 0x40, 0xff}), "a check of the compiler's");
}

TEST(Trap, IsNoOtherInstruction) {
    EXPECT_EQ(found({}), std::nullopt);
    EXPECT_EQ(found({0x67, 0x0f, 0xb9}), std::nullopt);
    EXPECT_EQ(found({0x67, 0x0f, 0xb9, 0x40}), std::nullopt);
    EXPECT_EQ(found({0x67, 0x0f, 0xb9, 0x41, 0x12}), std::nullopt);
    EXPECT_EQ(found({0x0f, 0x0b, 0x67, 0x0f, 0xb9}), std::nullopt);
    EXPECT_EQ(found({0x0f, 0xb9, 0x40, 0x12}), std::nullopt);
}

}  // namespace
}  // namespace pith::exceptions
