// Time, as far as it needs no machine: scales, timers in their order, and the battery's clock.
#include "failure.hpp"
#include "fake_devices.hpp"
#include "time/cmos_clock.hpp"
#include "time/scale.hpp"
#include "time/timer_queue.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

namespace pith::time {
namespace {

using namespace std::chrono_literals;

// ---- Scales ----------------------------------------------------------------------------------------------

TEST(Scale, agrees_with_exact_numbers) {
    std::mt19937_64 random{1};
    for (std::uint64_t const rate :
         {1'193'182ULL, 3'579'545ULL, 100'000'000ULL, 2'894'567'891ULL, 999'999'999ULL}) {
        Scale const scale{rate};
        for (int round = 0; round < 10'000; ++round) {
            auto const steps = random() >> (8 + round % 40);
            auto const exact = static_cast<unsigned __int128>(steps) * 1'000'000'000 / rate;
            if (exact >> 63 != 0) continue;
            auto const found = static_cast<std::uint64_t>(scale.nanoseconds(steps).count());
            EXPECT_LE(found, static_cast<std::uint64_t>(exact));
            EXPECT_GE(found + 2, static_cast<std::uint64_t>(exact)) << rate << ' ' << steps;
        }
    }
}

TEST(Scale, goes_there_and_back) {
    Scale const scale{2'894'567'891};
    EXPECT_EQ(scale.steps(0ns), 0U);
    EXPECT_NEAR(static_cast<double>(scale.steps(1h)), 3600.0 * 2'894'567'891, 2);
    EXPECT_NEAR(static_cast<double>(scale.nanoseconds(scale.steps(1h)).count()), 3.6e12, 2);
}

// ---- Timers ----------------------------------------------------------------------------------------------

constexpr auto nothing = [](Timer&) {};

TEST(TimerQueue, gives_timers_when_they_are_due) {
    TimerQueue queue;
    Timer late{nothing}, early{nothing};
    EXPECT_TRUE(queue.is_empty());
    queue.add(late, 20ns);
    queue.add(early, 10ns);
    EXPECT_EQ(queue.first(), &early);
    EXPECT_EQ(queue.take_due(9ns), nullptr);
    EXPECT_EQ(queue.take_due(10ns), &early);
    EXPECT_FALSE(early.is_waiting());
    EXPECT_EQ(queue.take_due(19ns), nullptr);
    EXPECT_EQ(queue.take_due(1h), &late);
    EXPECT_TRUE(queue.is_empty());
    EXPECT_EQ(queue.take_due(1h), nullptr);
}

// Beside a map, with everything that can be done, on many timers.
TEST(TimerQueue, agrees_with_a_map) {
    constexpr std::size_t count = 300;
    std::mt19937_64 random{2};
    std::deque<Timer> timers;
    for (std::size_t index = 0; index < count; ++index) timers.emplace_back(nothing);
    TimerQueue queue;
    std::multimap<Instant, Timer*> model;
    auto const forget = [&](Timer* timer) {
        std::erase_if(model, [&](auto& entry) { return entry.second == timer; });
    };
    for (int step = 0; step < 200'000; ++step) {
        auto& timer = timers[random() % count];
        if (random() % 3 == 0) {
            auto const now  = Instant{random() % 1000};
            auto* const due = queue.take_due(now);
            ASSERT_EQ(due != nullptr, !model.empty() && model.begin()->first <= now);
            if (due == nullptr) continue;
            ASSERT_EQ(due->deadline(), model.begin()->first);
            forget(due);
        } else if (timer.is_waiting()) {
            queue.remove(timer);
            forget(&timer);
        } else {
            Instant const deadline{random() % 1000};
            queue.add(timer, deadline);
            model.emplace(deadline, &timer);
        }
        ASSERT_EQ(queue.is_empty(), model.empty());
        ASSERT_EQ(queue.size(), model.size());
        if (!model.empty()) ASSERT_EQ(queue.first()->deadline(), model.begin()->first);
    }
    for (auto& timer : timers) queue.remove(timer);
    EXPECT_TRUE(queue.is_empty());
}

// Deep as well as flat: what is added in order hangs in one row.
TEST(TimerQueue, sorts_a_hundred_thousand) {
    constexpr int count = 100'000;
    for (int const direction : {1, -1}) {
        std::deque<Timer> timers;
        TimerQueue queue;
        for (int index = 0; index < count; ++index) {
            timers.emplace_back(nothing);
            queue.add(timers.back(), Instant{1'000'000 + direction * index});
        }
        Instant last{};
        for (int index = 0; index < count; ++index) {
            auto* const due = queue.take_due(1h);
            ASSERT_NE(due, nullptr);
            ASSERT_GE(due->deadline(), last);
            last = due->deadline();
        }
        EXPECT_TRUE(queue.is_empty());
    }
}

TEST(TimerQueue, refuses_a_timer_that_waits) {
    TimerQueue queue;
    Timer timer{nothing};
    queue.add(timer, 1ns);
    EXPECT_EQ(testing::failure_of([&] {
                  queue.add(timer, 2ns);
                  return 0;
              }),
              "a timer waits already");
    EXPECT_DEATH(
        {
            Timer lost{nothing};
            queue.add(lost, 1ns);
        },
        "");
    queue.remove(timer);
    queue.remove(timer);
}

// ---- The battery's clock ---------------------------------------------------------------------------------

struct FakeCmos {
    std::array<std::uint8_t, 128> bytes{};
    std::uint8_t chosen = 0;
    int updates_left    = 0;   // so many looks say that it is updating
    int changes_in      = -1;  // after so many reads of the seconds they change
    std::uint8_t read(std::uint16_t) {
        if (chosen == 10 && updates_left > 0) {
            --updates_left;
            return 0x80;
        }
        if (chosen == 0) {
            if (changes_in == 0) bytes[0] = static_cast<std::uint8_t>(bytes[0] + 1);
            --changes_in;
        }
        return bytes.at(chosen);
    }
    void write(std::uint16_t index, std::uint8_t value) {
        if (index == 0) chosen = value;
    }
};

// 2024-02-29 23:59:58, as QEMU has it: decimal digits, 24 hours.
FakeCmos leap_day() {
    FakeCmos cmos;
    cmos.bytes[0] = 0x58, cmos.bytes[2] = 0x59, cmos.bytes[4] = 0x23;
    cmos.bytes[7] = 0x29, cmos.bytes[8] = 0x02, cmos.bytes[9] = 0x24;
    cmos.bytes[11] = 0x02, cmos.bytes[50] = 0x20;
    return cmos;
}

std::optional<long long> read(FakeCmos& cmos, std::optional<std::uint8_t> century = 50) {
    auto const time = CmosClock{testing::Handle<FakeCmos>{&cmos}, century}.read();
    return time ? std::optional<long long>{time->time_since_epoch().count()} : std::nullopt;
}
std::optional<long long> read(FakeCmos&& cmos, std::optional<std::uint8_t> century = 50) {
    return read(cmos, century);
}

constexpr long long of_leap_day = 1'709'251'198;

TEST(CmosClock, is_read_in_all_formats) {
    EXPECT_EQ(read(leap_day()), of_leap_day);
    auto binary     = leap_day();
    binary.bytes[0] = 58, binary.bytes[2] = 59, binary.bytes[4] = 23, binary.bytes[7] = 29;
    binary.bytes[9] = 24, binary.bytes[50] = 20, binary.bytes[11] = 0x06;
    EXPECT_EQ(read(binary), of_leap_day);
    auto twelve     = leap_day();
    twelve.bytes[4] = 0x91, twelve.bytes[11] = 0;
    EXPECT_EQ(read(twelve), of_leap_day);
    twelve.bytes[4] = 0x12;  // twelve at night is the day's first hour
    EXPECT_EQ(read(twelve), of_leap_day - 23 * 3600);
    twelve.bytes[4] = 0x92;
    EXPECT_EQ(read(twelve), of_leap_day - 11 * 3600);
}

TEST(CmosClock, knows_the_century) {
    auto cmos      = leap_day();
    cmos.bytes[50] = 0x19;
    EXPECT_EQ(read(cmos, std::nullopt), of_leap_day);
    cmos.bytes[7] = 0x28;  // 1924-02-28
    EXPECT_EQ(read(cmos), of_leap_day - 86'400LL * (36'525 + 1));
}

TEST(CmosClock, waits_for_an_update) {
    auto cmos         = leap_day();
    cmos.updates_left = 5000;
    EXPECT_EQ(read(cmos), of_leap_day);
    cmos.updates_left = 1'000'000;
    EXPECT_EQ(read(cmos), std::nullopt);
}

TEST(CmosClock, reads_again_what_changed_meanwhile) {
    auto cmos       = leap_day();
    cmos.changes_in = 1;
    EXPECT_EQ(read(cmos), of_leap_day + 1);
}

TEST(CmosClock, has_no_date_that_does_not_exist) {
    for (auto const& [number, value] : std::initializer_list<std::pair<std::size_t, std::uint8_t>>{
             {8, 0x00}, {8, 0x13}, {7, 0x00}, {7, 0x30}, {4, 0x24}, {2, 0x60}, {0, 0x60}}) {
        auto cmos          = leap_day();
        cmos.bytes[number] = value;
        EXPECT_EQ(read(cmos), std::nullopt) << number;
    }
    auto cmos = leap_day();
    cmos.bytes.fill(0xff);  // nothing is there
    EXPECT_EQ(read(cmos), std::nullopt);
}

}  // namespace
}  // namespace pith::time
