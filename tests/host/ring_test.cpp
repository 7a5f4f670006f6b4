// The ring between an interrupt handler and whoever works on what came.
#include "input/ring.hpp"

#include <gtest/gtest.h>

namespace pith::input {
namespace {

TEST(Ring, gives_back_in_order) {
    Ring<int, 4> ring;
    EXPECT_TRUE(ring.empty());
    EXPECT_EQ(ring.pop(), std::nullopt);
    for (int const number : {1, 2, 3}) EXPECT_TRUE(ring.push(number));
    EXPECT_FALSE(ring.empty());
    for (int const number : {1, 2, 3}) EXPECT_EQ(ring.pop(), number);
    EXPECT_TRUE(ring.empty());
}

TEST(Ring, takes_as_many_as_it_has_places_and_counts_the_rest) {
    Ring<int, 4> ring;
    for (int number = 0; number < 4; ++number) EXPECT_TRUE(ring.push(number));
    EXPECT_FALSE(ring.push(4));
    EXPECT_FALSE(ring.push(5));
    EXPECT_EQ(ring.take_lost(), 2U);
    EXPECT_EQ(ring.take_lost(), 0U);  // said once
    for (int number = 0; number < 4; ++number) EXPECT_EQ(ring.pop(), number);
    EXPECT_EQ(ring.pop(), std::nullopt);
}

TEST(Ring, goes_round_many_times) {
    Ring<int, 4> ring;
    for (int number = 0; number < 1000; ++number) {
        EXPECT_TRUE(ring.push(number));
        EXPECT_TRUE(ring.push(-number));
        EXPECT_EQ(ring.pop(), number);
        EXPECT_EQ(ring.pop(), -number);
    }
    EXPECT_EQ(ring.take_lost(), 0U);
}

}  // namespace
}  // namespace pith::input
