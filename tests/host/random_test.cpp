// Generators that have nothing ready, and broken ones (kernel/cpu/random.hpp).
#include "cpu/random.hpp"

#include <gtest/gtest.h>

namespace pith::cpu {
namespace {

TEST(Random, a_generator_is_asked_ten_times) {
    for (int const ready_at : {1, 2, 10, 11}) {
        int asked         = 0;
        auto const number = patiently([&]() -> std::optional<std::uint64_t> {
            if (++asked < ready_at) return std::nullopt;
            return 42;
        });
        EXPECT_EQ(number.has_value(), ready_at <= 10) << ready_at;
        EXPECT_EQ(asked, std::min(ready_at, 10));
    }
}

TEST(Random, numbers_that_change_are_taken) {
    std::uint64_t next = 1;
    auto const read    = [&] { return std::optional{next++}; };
    EXPECT_EQ(changing(read), 2U);
    EXPECT_EQ(changing(read), 4U);
}

TEST(Random, a_generator_that_stands_still_counts_as_none) {
    EXPECT_FALSE(changing([] { return std::optional<std::uint64_t>{~std::uint64_t{0}}; }));
    EXPECT_FALSE(changing([] { return std::optional<std::uint64_t>{0}; }));
}

TEST(Random, a_generator_that_is_never_ready_or_once_only_counts_as_none) {
    EXPECT_FALSE(changing([] { return std::optional<std::uint64_t>{}; }));
    int asked = 0;
    EXPECT_FALSE(changing([&] { return ++asked == 1 ? std::optional<std::uint64_t>{7} : std::nullopt; }));
}

}  // namespace
}  // namespace pith::cpu
