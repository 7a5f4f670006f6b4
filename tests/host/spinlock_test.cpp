// The spinlock alone: its guard needs a processor that may switch interrupts off.
#include "cpu/spinlock.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace pith::cpu {
namespace {

TEST(Spinlock, lets_one_in_at_a_time) {
    constexpr int rounds = 100'000;
    Spinlock lock;
    int counter         = 0;  // not atomic: two holders would lose counts
    auto const count_up = [&] {
        for (int round = 0; round < rounds; ++round) {
            lock.lock();
            counter = counter + 1;
            lock.unlock();
        }
    };
    std::thread first{count_up}, second{count_up};
    first.join();
    second.join();
    EXPECT_EQ(counter, 2 * rounds);
}

TEST(Spinlock, waits_until_it_is_given_back) {
    Spinlock lock;
    std::atomic<bool> is_in = false;
    lock.lock();
    std::thread waiting{[&] {
        lock.lock();
        is_in = true;
        lock.unlock();
    }};
    EXPECT_FALSE(is_in);
    lock.unlock();
    waiting.join();
    EXPECT_TRUE(is_in);
}

}  // namespace
}  // namespace pith::cpu
