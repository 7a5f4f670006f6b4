// What goes back through a ClearingResource is not found any more. Without it, it is.
#include "heap/clearing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace {

using pith::heap::ClearingResource;

// Memory that keeps whatever was left in it.
struct Remembered {
    std::array<char, 4096> bytes{};
    std::pmr::monotonic_buffer_resource resource{bytes.data(), bytes.size(),
                                                 std::pmr::null_memory_resource()};

    bool has(std::string_view text) const {
        return std::string_view{bytes.data(), bytes.size()}.contains(text);
    }
};

constexpr std::string_view secret = "correct horse battery staple, and 64 more characters so it is long";

TEST(Clearing, WithoutItASecretIsFound) {
    Remembered memory;
    {
        std::pmr::string const password{secret, &memory.resource};
        EXPECT_EQ(password, secret);
    }
    EXPECT_TRUE(memory.has("battery"));
}

TEST(Clearing, WithItASecretIsGone) {
    Remembered memory;
    ClearingResource clearing{memory.resource};
    {
        std::pmr::string const password{secret, &clearing};
        EXPECT_EQ(password, secret);
        EXPECT_TRUE(memory.has("battery"));
    }
    EXPECT_FALSE(memory.has("battery"));
    EXPECT_TRUE(std::ranges::all_of(memory.bytes, [](char byte) { return byte == 0; }));
}

// A string that grows leaves its old block.
TEST(Clearing, WhatAStringLeavesBehindIsGone) {
    Remembered memory;
    ClearingResource clearing{memory.resource};
    std::pmr::string password{secret, &clearing};
    password.append(200, '.');
    auto const first = std::string_view{memory.bytes.data(), memory.bytes.size()}.find("battery");
    EXPECT_NE(first, std::string_view::npos);
    EXPECT_EQ(std::string_view(memory.bytes.data(), memory.bytes.size()).find("battery", first + 1),
              std::string_view::npos);
}

TEST(Clearing, OneResourceDoesNotFreeWhatIsAnothers) {
    Remembered memory;
    ClearingResource const one{memory.resource}, other{memory.resource};
    EXPECT_TRUE(one.is_equal(one));
    EXPECT_FALSE(one.is_equal(other));
}

}  // namespace
